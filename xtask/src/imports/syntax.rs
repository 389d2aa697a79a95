//! What the rules ask of Rust's syntax: imports, words, paths in what macros are given.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{Attribute, Item, Meta, UseTree};

/// Calls `found` with the path and the name of each import in `tree`; a star has no name.
pub fn each_leaf<'a>(
    tree: &'a UseTree,
    path: &mut Vec<&'a Ident>,
    found: &mut impl FnMut(&[&'a Ident], Option<&'a Ident>),
) {
    let depth = path.len();
    match tree {
        UseTree::Path(inner) => {
            path.push(&inner.ident);
            each_leaf(&inner.tree, path, found);
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| each_leaf(tree, path, found)),
        UseTree::Glob(_) => found(path, None),
        UseTree::Name(leaf) if leaf.ident == "self" && depth > 0 => found(path, path.last().copied()),
        UseTree::Name(leaf) => {
            path.push(&leaf.ident);
            found(path, Some(&leaf.ident));
        }
        UseTree::Rename(leaf) => {
            path.extend((leaf.ident != "self" || depth == 0).then_some(&leaf.ident));
            found(path, Some(&leaf.rename));
        }
    }
    path.truncate(depth);
}

/// Calls `found` with every identifier and keyword.
pub fn each_word(tokens: TokenStream, found: &mut impl FnMut(&Ident)) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => found(&word),
            TokenTree::Group(group) => each_word(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Calls `found` with the identifiers between `::`, and with single ones.
pub fn each_path(tokens: TokenStream, found: &mut impl FnMut(&[Ident])) {
    let (mut path, mut colons) = (Vec::<Ident>::new(), 0);
    for token in tokens {
        match token {
            // `pub(in crate::module)` imports nothing.
            TokenTree::Group(_) if path.last().is_some_and(|word| word == "pub") => path.clear(),
            TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
            TokenTree::Ident(word) => {
                if colons != 2 {
                    found(&path);
                    path.clear();
                }
                path.push(word);
                colons = 0;
            }
            other => {
                found(&path);
                path.clear();
                colons = 0;
                if let TokenTree::Group(group) = other {
                    each_path(group.stream(), found);
                }
            }
        }
    }
    found(&path);
}

/// Whether `item` is compiled for tests alone.
pub fn is_for_tests(item: &Item) -> bool {
    attributes_of(item).iter().any(is_cfg_test)
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let (mut names_test, mut negates) = (false, false);
    each_word(list.tokens.clone(), &mut |word| {
        names_test |= word == "test";
        negates |= word == "not";
    });
    list.path.is_ident("cfg") && names_test && !negates
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name that `item` gives to what it defines; none for imports, modules and implementations.
pub fn name_of(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}
