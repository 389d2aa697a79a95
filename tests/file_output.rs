//! Files written whole, by the library.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::io::Error;
use std::path::Path;
use std::time::Duration;

use remel::audio::{abandon_writes, check_output, write_whole};

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// One test: giving files up concerns all of the process, and all that comes after.
#[test]
fn a_file_is_whole_or_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    write_whole(&path, |file| file.write_all(b"old")).unwrap();
    let failed = write_whole(&path, |file| {
        file.write_all(b"half of what is n")?;
        Err(Error::other("no more"))
    });
    assert_eq!(failed.unwrap_err().to_string(), format!("{}: no more", path.display()));
    assert_eq!((std::fs::read(&path).unwrap(), names(folder.path())), (b"old".to_vec(), vec!["file".into()]));
    check_output(&path).unwrap();
    check_output(&folder.path().join("new")).unwrap();
    assert_eq!(names(folder.path()), ["file"], "a check changes nothing");
    let said = check_output(folder.path()).unwrap_err().to_string();
    assert!(said.ends_with("output: found a folder, expected a file or a pipe"), "{said}");
    let missing = folder.path().join("missing").join("file");
    let (checked, written) = (check_output(&missing), write_whole(&missing, |_| Ok(())));
    let said = checked.unwrap_err().to_string();
    assert!(said.starts_with(&format!("{}: ", missing.display())), "{said}");
    assert_eq!(written.unwrap_err().to_string(), said);

    let (unfinished, (given_up, up)) = (path.clone(), std::sync::mpsc::channel());
    std::thread::spawn(move || {
        write_whole(&unfinished, |file| {
            file.write_all(b"half of what is new")?;
            abandon_writes();
            given_up.send(()).unwrap();
            Ok(())
        })
    });
    up.recv().unwrap();
    // The thread never comes back: what it would have written must neither stay nor appear.
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!((std::fs::read(&path).unwrap(), names(folder.path())), (b"old".to_vec(), vec!["file".into()]));
}
