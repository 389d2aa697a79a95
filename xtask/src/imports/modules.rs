//! All modules, and which of them a path means.

use super::place::{LIBRARY, ModulePath};
use super::source::{Import, Scope, Source};
use std::collections::BTreeMap;

/// Re-exports of re-exports that are followed at most: beyond it they lead in a circle.
const DEPTH: usize = 16;

/// The modules of all crates.
pub struct Modules<'a> {
    modules: BTreeMap<&'a [String], (&'a str, &'a Scope)>,
}

impl<'a> Modules<'a> {
    /// The modules of `sources`.
    pub fn of(sources: &'a [Source]) -> Self {
        let all = sources.iter().flat_map(|source| {
            source.modules.iter().map(|(path, scope)| (path.as_slice(), (source.name.as_str(), scope)))
        });
        Self { modules: all.collect() }
    }

    /// Whether `path` is a module.
    pub fn contains(&self, path: &[String]) -> bool {
        self.modules.contains_key(path)
    }

    /// The file that `module` is written in.
    pub fn file(&self, module: &[String]) -> Option<&'a str> {
        self.modules.get(module).map(|(file, _)| *file)
    }

    /// `path`, written in the module `scope`, from its crate on; none where it does not say where it starts.
    pub fn anchored(&self, scope: &[String], path: &[String]) -> Option<ModulePath> {
        let first = path.first()?.as_str();
        let mut rest = &path[1..];
        let mut start = match first {
            "crate" => scope[..1].to_vec(),
            "self" => scope.to_vec(),
            "super" => parent(scope)?,
            LIBRARY if scope[0] != LIBRARY => vec![LIBRARY.to_owned()],
            _ => return None,
        };
        while rest.first().is_some_and(|part| part == "super") {
            start = parent(&start)?;
            rest = &rest[1..];
        }
        start.extend_from_slice(rest);
        Some(start)
    }

    /// The module that holds what `path`, written in the module `scope`, means; none where it leads out of the workspace.
    pub fn meant(&self, scope: &[String], path: &[String]) -> Option<ModulePath> {
        match path {
            // A variable may be called as a child is.
            [_] if self.contains(&[scope, path].concat()) => None,
            _ => self.meant_within(scope, path, DEPTH),
        }
    }

    /// The module that holds what `path` names, from its crate on: its longest beginning that is a module, unless that
    /// one has the next part from another.
    pub fn home(&self, path: &[String]) -> Option<ModulePath> {
        self.home_within(path, DEPTH)
    }

    fn meant_within(&self, scope: &[String], path: &[String], depth: usize) -> Option<ModulePath> {
        if let Some(path) = self.anchored(scope, path) {
            return self.home_within(&path, depth);
        }
        let full = [scope, path].concat();
        let is_child = self.contains(&full[..=scope.len()]);
        if is_child { self.home_within(&full, depth) } else { self.imported(scope, path, scope, depth) }
    }

    fn home_within(&self, path: &[String], depth: usize) -> Option<ModulePath> {
        let length = (1..=path.len()).rev().find(|&length| self.contains(&path[..length]))?;
        let (module, rest) = path.split_at(length);
        let is_elsewhere = rest.first().is_some_and(|child| self.scope(module).children.contains(child));
        let here = || (!is_elsewhere).then(|| module.to_vec());
        self.imported(module, rest, module, depth).or_else(here)
    }

    /// Where `path` leads if `module` has its first part by an import that `reader`, a module, may read.
    fn imported(
        &self,
        module: &[String],
        path: &[String],
        reader: &[String],
        depth: usize,
    ) -> Option<ModulePath> {
        let (first, rest) = path.split_first()?;
        let (scope, depth) = (self.scope(module), depth.checked_sub(1)?);
        let is_open = |import: &Import| import.is_handed_on || reader.starts_with(module);
        if let Some(import) = scope.imports.get(first).filter(|import| is_open(import)) {
            return self.meant_within(module, &[&import.path, rest].concat(), depth);
        }
        if scope.items.contains(first) {
            return None;
        }
        scope.stars.iter().filter(|star| is_open(star)).find_map(|star| {
            let from = self.meant_within(module, &star.path, depth)?;
            let child = [&from, path].concat();
            let is_there = self.scope(&from).items.contains(first) || self.contains(&child[..=from.len()]);
            if is_there { self.home_within(&child, depth) } else { self.imported(&from, path, reader, depth) }
        })
    }

    fn scope(&self, module: &[String]) -> &Scope {
        self.modules[module].1
    }
}

fn parent(module: &[String]) -> Option<ModulePath> {
    module.split_last().map(|(_, parent)| parent.to_vec()).filter(|parent| !parent.is_empty())
}
