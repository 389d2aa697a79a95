//! Where results go: found out before anything is computed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use remel::Error;
use remel::audio::{FileIdentity, STANDARD, check_output, is_stream, names_folder, output_name};

/// Whether a result can go to `output`, under one of the `extensions` (lower case, without their dots) unless it is a pipe or a
/// device, without overwriting one of the `inputs` that there are.
///
/// # Errors
/// Names the path, and what is wrong with it. Inputs that are not there are errors too.
pub fn check(output: &Path, extensions: &[&str], inputs: &[Option<&Path>]) -> Result<()> {
    let inputs = Inputs::of(inputs.iter().copied().flatten())?;
    check_path(output, extensions)?;
    inputs.check_keep(output)
}

/// A file that is read, and where the result goes that is made of it.
#[derive(Debug, PartialEq)]
pub struct Pair {
    /// The file that is read.
    pub input: PathBuf,
    /// Where its result goes.
    pub output: PathBuf,
}

impl Pair {
    /// Makes the folder that the result goes into, where it is not there yet.
    ///
    /// # Errors
    /// With the folder's path and the system's answer.
    pub fn make_folder(&self) -> Result<()> {
        let folder = self.output.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
        Ok(folder.map_or(Ok(()), |folder| std::fs::create_dir(folder).map_err(|e| Error::io(folder, e)))?)
    }
}

/// Where the results of `inputs` go: to the file `output`; or, of several, or where `output` ends in a separator, into the
/// folder of that name, each under its input's stem and `extension` (lower case, without its dot). None may overwrite another,
/// one of the `inputs`, or of what `others` are read.
///
/// # Errors
/// Names the path, and what is wrong with it.
pub fn pairs(
    inputs: &[PathBuf],
    output: &Path,
    extension: &str,
    others: &[Option<&Path>],
) -> Result<Vec<Pair>> {
    let read: Vec<_> = inputs.iter().map(|input| Some(input.as_path())).chain(others.iter().copied()).collect();
    let into_folder = names_folder(output);
    if let ([input], false) = (inputs, into_folder) {
        check(output, &[extension], &read)?;
        return Ok(vec![Pair { input: input.clone(), output: output.to_owned() }]);
    }
    let read = Inputs::of(read.into_iter().flatten())?;
    if !output.is_dir() {
        let plain: PathBuf = output.components().collect();
        if !into_folder || plain.exists() {
            let is_there = plain.exists() || is_stream(output);
            let found = if is_there { "no folder" } else { "nothing there" };
            let expected = "a folder for the results, or a name that ends in / for a new one";
            return Err(Error::invalid(output.display(), "output", found, expected).into());
        }
        // A new folder is made like a file, by who can write beside it.
        check_output(&plain)?;
    }
    let mut named = HashMap::new();
    let mut pairs = Vec::new();
    for input in inputs {
        let stem = input.file_stem().filter(|_| input.as_os_str() != STANDARD).ok_or_else(|| {
            Error::invalid(input.display(), "input", "no file name", "one to call its result by in a folder")
        })?;
        let mut name = stem.to_owned();
        name.push(format!(".{extension}"));
        let result = output.join(&name);
        if let Some(first) = named.insert(as_found(&result), input) {
            let found = format!("{}, as of {}", result.display(), first.display());
            return Err(Error::invalid(input.display(), "result", found, "another name for each input").into());
        }
        if output.is_dir() {
            check_path(&result, &[extension])?;
            read.check_keep(&result)?;
        }
        pairs.push(Pair { input: input.clone(), output: result });
    }
    Ok(pairs)
}

fn check_path(output: &Path, extensions: &[&str]) -> Result<()> {
    let found = output.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    let fits = found.as_deref().is_some_and(|found| extensions.contains(&found));
    if !fits && !output.is_dir() && !is_stream(output) {
        let found = found.map_or("none".into(), |found| format!(".{found}"));
        let expected: Vec<String> = extensions.iter().map(|e| format!(".{e}")).collect();
        return Err(Error::invalid(output.display(), "extension", found, expected.join(" or ")).into());
    }
    Ok(check_output(output)?)
}

/// A path as file systems find it that ignore case, where most do.
fn as_found(path: &Path) -> PathBuf {
    if cfg!(any(windows, target_vendor = "apple")) {
        return path.to_string_lossy().to_lowercase().into();
    }
    path.to_owned()
}

/// What a command reads.
struct Inputs<'a>(HashMap<FileIdentity, &'a Path>);

impl<'a> Inputs<'a> {
    /// # Errors
    /// Where one is not there, or two are standard input, which can be read but once.
    fn of(paths: impl Iterator<Item = &'a Path>) -> Result<Self> {
        let paths: Vec<&Path> = paths.collect();
        if paths.iter().filter(|path| path.as_os_str() == STANDARD).count() > 1 {
            return Err(Error::invalid(STANDARD, "input", "standard input twice", "it once").into());
        }
        let mut inputs = HashMap::new();
        for path in paths {
            // Pipes and devices may be read and written at a time.
            let identity = match path.as_os_str() == STANDARD {
                true => FileIdentity::standard_input(),
                false if path.metadata().map_err(|e| Error::io(path, e))?.is_file() => FileIdentity::of(path),
                false => None,
            };
            inputs.extend(identity.map(|identity| (identity, path)));
        }
        Ok(Self(inputs))
    }

    /// # Errors
    /// Where `output` is one of them.
    fn check_keep(&self, output: &Path) -> Result<()> {
        let identity = match output.as_os_str() == STANDARD {
            true => FileIdentity::standard_output(),
            false => FileIdentity::of(output),
        };
        let Some(input) = identity.and_then(|identity| self.0.get(&identity)) else { return Ok(()) };
        let found = format!("the input {}", input.display());
        Err(Error::invalid(output_name(output), "output", found, "another file: inputs are kept").into())
    }
}
