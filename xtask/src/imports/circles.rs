//! Circles: files and folders, side by side in one folder, that import one another.
//!
//! A file imports the file that a path of its leads to, through whatever re-exports. A `mod.rs` stands beside its
//! children: one that defines what a child uses, and uses that child, is in a circle with it. Not so one that merely
//! declares its children and hands on what they hold (`pub use`): that is a folder's front door. Tests and benches, and
//! what is compiled for tests alone, may look anywhere.

use super::modules::Modules;
use super::rules;
use super::source::{Role, Source};
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use std::collections::BTreeMap;

/// Where one entry of a folder first imports another: file and line.
type Place<'a> = (&'a str, usize);

/// The circles, each in a line of its own, except in the folders `known`; and those of `known` without any.
pub fn violations(sources: &[Source], modules: &Modules, known: &[&str]) -> Vec<String> {
    let (mut found, mut met) = (Vec::new(), Vec::new());
    for (folder, graph) in &graphs(sources, modules) {
        let circles = tarjan_scc(graph).into_iter().filter(|entries| entries.len() > 1);
        let lines: Vec<_> = circles.map(|entries| line(folder, graph, entries)).collect();
        if !lines.is_empty() {
            met.push(*folder);
        }
        if !known.contains(folder) {
            found.extend(lines);
        }
    }
    let stale = known.iter().filter(|folder| !met.contains(folder));
    found.extend(stale.map(|folder| format!("{}: {folder} is listed and has no circle", rules::FILE)));
    found
}

/// For each folder, which of its entries imports which.
fn graphs<'a>(
    sources: &'a [Source],
    modules: &Modules<'a>,
) -> BTreeMap<&'a str, DiGraphMap<&'a str, Place<'a>>> {
    let mut graphs = BTreeMap::<_, DiGraphMap<_, _>>::new();
    for source in sources.iter().filter(|source| !source.place.is_test) {
        // What a star imports counts where it is used.
        let mentions = source.mentions.iter().filter(|mention| !mention.is_test && mention.role != Role::Star);
        for mention in mentions {
            let Some(module) = modules.meant(&mention.scope, &mention.path) else { continue };
            let hands_on_child = mention.role == Role::HandOn && module.starts_with(&mention.scope);
            let Some(file) = modules.file(&module).filter(|file| *file != source.name) else { continue };
            if !hands_on_child {
                let (folder, [from, to]) = entries(&source.name, file);
                let graph = graphs.entry(folder).or_default();
                if !graph.contains_edge(from, to) {
                    graph.add_edge(from, to, (source.name.as_str(), mention.line));
                }
            }
        }
    }
    graphs
}

/// The innermost folder that holds both files, and its entries that are or hold them.
fn entries<'a>(one: &'a str, other: &'a str) -> (&'a str, [&'a str; 2]) {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let folder = one[..same].rfind('/').unwrap_or(0);
    let entry = |name: &'a str| name[folder..].trim_start_matches('/').split('/').next().unwrap_or(name);
    (&one[..folder], [entry(one), entry(other)])
}

fn line(folder: &str, graph: &DiGraphMap<&str, Place>, mut entries: Vec<&str>) -> String {
    entries.sort_unstable();
    let first_import = |from: &&str| {
        let edges = graph.edges(from).filter(|(_, to, _)| entries.contains(to));
        edges.min_by_key(|(_, _, place)| *place).map(|(_, to, (file, line))| format!("{file}:{line} of {to}"))
    };
    let imports: Vec<_> = entries.iter().filter_map(first_import).collect();
    format!("{folder}: {} import one another: {}", entries.join(", "), imports.join(", "))
}
