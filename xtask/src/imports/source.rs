//! A source file as the rules see it: the paths that it names, its modules and its words.

use super::place::{ModulePath, Place};
use super::syntax::{each_leaf, each_path, each_word, is_for_tests, name_of};
use anyhow::{Result, anyhow};
use proc_macro2::{Ident, TokenStream};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::{Attribute, File, Item, ItemMod, ItemUse, Macro, Path, Visibility};

/// A source file.
pub struct Source {
    /// The file, relative to the workspace.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// Every path in it.
    pub mentions: Vec<Mention>,
    /// Its modules: itself and the ones written out in it.
    pub modules: BTreeMap<ModulePath, Scope>,
    /// Every identifier and keyword, with its line.
    pub words: Vec<(String, usize)>,
}

/// A path as it is written.
pub struct Mention {
    /// Its parts; of an import with a star, those before the star.
    pub path: Vec<String>,
    /// Its line, from 1.
    pub line: usize,
    /// The module that it is written in.
    pub scope: ModulePath,
    /// What it does.
    pub role: Role,
    /// Whether it is compiled for tests alone.
    pub is_test: bool,
}

/// What a path is written for.
#[derive(Clone, Copy, PartialEq)]
pub enum Role {
    /// To use what it names, or to import it.
    Use,
    /// To hand on to others what it names: `pub use`.
    HandOn,
    /// To import everything from the module that it names.
    Star,
}

/// What a module knows by name.
#[derive(Default)]
pub struct Scope {
    /// The items that are written in it.
    pub items: BTreeSet<String>,
    /// The modules that it declares and whose files are elsewhere.
    pub children: BTreeSet<String>,
    /// The names that it imports, and the paths that they stand for.
    pub imports: BTreeMap<String, Import>,
    /// The modules of which it imports everything.
    pub stars: Vec<Import>,
}

/// The path of an import.
pub struct Import {
    /// Its parts.
    pub path: Vec<String>,
    /// Whether others have by it what it names.
    pub is_handed_on: bool,
}

impl Source {
    /// Reads `text`, the content of the file `name`.
    ///
    /// # Errors
    /// Where it is no Rust.
    pub fn read(name: &str, text: &str) -> Result<Self> {
        let tokens: TokenStream = text.parse().map_err(|error| anyhow!("{error}"))?;
        let mut words = Vec::new();
        each_word(tokens.clone(), &mut |word| words.push((word.to_string(), line_of(word))));
        let file: File = syn::parse2(tokens)?;
        let place = Place::of(name);
        let mut reader = Reader { scope: place.module.clone(), ..Reader::default() };
        reader.module(&file.items);
        Ok(Self { name: name.to_owned(), place, mentions: reader.mentions, modules: reader.modules, words })
    }
}

#[derive(Default)]
struct Reader {
    scope: ModulePath,
    is_test: bool,
    mentions: Vec<Mention>,
    modules: BTreeMap<ModulePath, Scope>,
}

impl Reader {
    fn module(&mut self, items: &[Item]) {
        let mut scope = Scope::default();
        for item in items {
            if let Item::Use(item) = item {
                each_leaf(&item.tree, &mut Vec::new(), &mut |path, name| {
                    let import = Import { path: spelt(path), is_handed_on: is_handed_on(item) };
                    match name {
                        Some(name) => drop(scope.imports.insert(name.to_string(), import)),
                        None => scope.stars.push(import),
                    }
                });
            }
            if let Item::Mod(ItemMod { ident, content: None, .. }) = item {
                scope.children.insert(ident.to_string());
            }
            scope.items.extend(name_of(item).map(Ident::to_string));
        }
        self.modules.insert(self.scope.clone(), scope);
        items.iter().for_each(|item| self.visit_item(item));
    }

    fn mention(&mut self, path: &[&Ident], role: Role) {
        let Some(last) = path.last() else { return };
        self.mentions.push(Mention {
            path: spelt(path),
            line: line_of(last),
            scope: self.scope.clone(),
            role,
            is_test: self.is_test,
        });
    }
}

impl Visit<'_> for Reader {
    fn visit_item(&mut self, item: &Item) {
        let before = self.is_test;
        self.is_test |= is_for_tests(item);
        visit::visit_item(self, item);
        self.is_test = before;
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        if let Some((_, items)) = &item.content {
            self.scope.push(item.ident.to_string());
            self.module(items);
            self.scope.pop();
        }
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        let role = if is_handed_on(item) { Role::HandOn } else { Role::Use };
        each_leaf(&item.tree, &mut Vec::new(), &mut |path, name| {
            self.mention(path, if name.is_some() { role } else { Role::Star });
        });
    }

    fn visit_path(&mut self, path: &Path) {
        let parts: Vec<_> = path.segments.iter().map(|segment| &segment.ident).collect();
        self.mention(&parts, Role::Use);
        visit::visit_path(self, path);
    }

    /// What a macro is given may be no Rust: any identifiers between `::` are a path.
    fn visit_macro(&mut self, item: &Macro) {
        self.visit_path(&item.path);
        each_path(item.tokens.clone(), &mut |path| self.mention(&path.iter().collect::<Vec<_>>(), Role::Use));
    }

    // `pub(super)` imports nothing, nor does an attribute.
    fn visit_visibility(&mut self, _: &Visibility) {}
    fn visit_attribute(&mut self, _: &Attribute) {}
}

fn is_handed_on(item: &ItemUse) -> bool {
    !matches!(item.vis, Visibility::Inherited)
}

fn spelt(path: &[&Ident]) -> Vec<String> {
    path.iter().map(ToString::to_string).collect()
}

fn line_of(word: &Ident) -> usize {
    word.span().start().line
}
