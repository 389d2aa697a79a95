//! Where a file stands: its crate, its module and its layer.

/// The folders that hold sources.
pub const FOLDERS: [&str; 6] = ["src", "plugin/src", "plugin/tests", "xtask/src", "tests", "benches"];

/// The library's name, as other crates write it.
pub const LIBRARY: &str = "remel";
/// The command-line tool is a crate of its own, in the library's folder. No path can spell this.
const PROGRAM: &str = "remel (program)";
const PLUGIN: &str = "remel_plugin";
/// Each test and bench is a crate, here the modules of one.
const TESTS: &str = "tests";
const BENCHES: &str = "benches";

/// Where a file's sources lie, the longest first, and the crate's name.
const CRATES: &[(&str, &str)] = &[
    ("src/cli/", PROGRAM),
    ("src/main.rs", PROGRAM),
    ("src/", LIBRARY),
    ("plugin/src/main.rs", "remel_plugin (program)"),
    ("plugin/src/", PLUGIN),
    ("plugin/tests/", TESTS),
    ("xtask/src/", "xtask"),
    ("tests/", TESTS),
    ("benches/", BENCHES),
];

/// A module: its crate, then a name for each level.
pub type ModulePath = Vec<String>;

/// Where a file stands.
pub struct Place {
    /// The module that the file is.
    pub module: ModulePath,
    /// The row that the file has in the table of imports; none for the roots of crates.
    pub layer: Option<String>,
    /// Whether the file becomes part of what users run.
    pub is_product: bool,
    /// Whether the file belongs to a test or a bench.
    pub is_test: bool,
}

impl Place {
    /// The place of the file `name`, relative to the workspace, `/` between its parts.
    pub fn of(name: &str) -> Self {
        let (folder, crate_name) =
            CRATES.iter().find(|(folder, _)| name.starts_with(folder)).unwrap_or(&("", "unknown"));
        let inside = match *folder {
            "src/cli/" => &name["src/".len()..],
            file if file.ends_with(".rs") => "main.rs",
            folder => &name[folder.len()..],
        };
        let mut module = vec![(*crate_name).to_owned()];
        module.extend(inside.split('/').map(|part| part.trim_end_matches(".rs").to_owned()));
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
        }
        let layer = Self::of_module(&module);
        let is_product = name.starts_with("src/") || name.starts_with("plugin/src/");
        let is_test = matches!(*crate_name, TESTS | BENCHES);
        Self { module, layer, is_product, is_test }
    }

    /// The layer of `module`.
    pub fn of_module(module: &[String]) -> Option<String> {
        match module.first()?.as_str() {
            LIBRARY | PROGRAM => module.get(1).cloned(),
            layer @ (TESTS | BENCHES) => Some(layer.to_owned()),
            plugin if plugin.starts_with(PLUGIN) => Some("plugin".to_owned()),
            _ => None,
        }
    }
}

/// Whether the file `name` is the module `pattern`: its file, or a file in its folder. A `*` in the pattern is one
/// folder of any name, `**` any number of them.
pub fn within(name: &str, pattern: &str) -> bool {
    let name: Vec<_> = name.trim_end_matches(".rs").split('/').collect();
    let pattern: Vec<_> = pattern.split('/').collect();
    starts_with(&name, &pattern)
}

fn starts_with(name: &[&str], pattern: &[&str]) -> bool {
    match (pattern, name) {
        ([], _) => true,
        (["**", rest @ ..], _) => (0..=name.len()).any(|skipped| starts_with(&name[skipped..], rest)),
        ([first, rest @ ..], [part, parts @ ..]) => {
            (*first == "*" || first == part) && starts_with(parts, rest)
        }
        _ => false,
    }
}
