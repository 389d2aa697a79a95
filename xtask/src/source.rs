//! Rust source without what is no code, and the paths in it.

/// The code of `source`: comments, strings and characters become spaces, lines stay where they are.
pub fn code_of(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = skipped(bytes, at);
        if end > at {
            code.extend(bytes[at..end].iter().map(|&byte| if byte == b'\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            code.push(if bytes[at].is_ascii() { char::from(bytes[at]) } else { ' ' });
            at += 1;
        }
    }
    code
}

/// Where the comment or literal that starts at `at` ends; `at` itself if none does.
fn skipped(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let word_before = at > 0 && is_word(bytes[at - 1]);
    match rest {
        [b'/', b'/', ..] => at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => at + block_comment(rest),
        [b'r', b'"' | b'#', ..] if !word_before => at + raw_string(rest),
        [b'"', ..] => at + quoted(rest, b'"'),
        // A lifetime has no closing quote; a character is one, perhaps escaped, between two.
        [b'\'', b'\\', ..] => at + quoted(rest, b'\''),
        [b'\'', _, b'\'', ..] => at + 3,
        _ => at,
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|&&byte| byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0; // r#identifier
    }
    let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let body = &rest[hashes + 2..];
    let found = body.windows(close.len()).position(|window| window == close);
    hashes + 2 + found.map_or(body.len(), |end| end + close.len())
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Every place of the whole word `word` in `code`, as byte offsets.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let bytes = code.as_bytes();
        let before = at.checked_sub(1).is_some_and(|i| is_word(bytes[i]));
        let after = bytes.get(at + word.len()).copied().is_some_and(is_word);
        !before && !after
    })
}

/// The line of byte offset `at`, from 1.
pub fn line_of(code: &str, at: usize) -> usize {
    1 + code[..at].bytes().filter(|&byte| byte == b'\n').count()
}

/// What `crate::` paths name first: `crate::a::B` and `crate::{a::B, c}` give `a` and `c`, with byte offsets.
pub fn crate_paths(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in words(code, "crate") {
        let after = at + "crate".len();
        let Some(path) = code[after..].trim_start().strip_prefix("::") else { continue };
        let start = code.len() - path.len();
        match path.trim_start().strip_prefix('{') {
            Some(group) => found.extend(group_heads(code, code.len() - group.len())),
            None => found.extend(head(code, start)),
        }
    }
    found
}

/// The first identifiers of the members of a `{…}` group whose inside starts at `start`.
fn group_heads(code: &str, start: usize) -> Vec<(usize, String)> {
    let mut heads: Vec<_> = head(code, start).into_iter().collect();
    let mut depth = 0;
    for (offset, byte) in code[start..].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => break,
            b'}' => depth -= 1,
            b',' if depth == 0 => heads.extend(head(code, start + offset + 1)),
            _ => {}
        }
    }
    heads
}

/// The identifier at `start`, blanks skipped.
fn head(code: &str, start: usize) -> Option<(usize, String)> {
    let rest = &code[start..];
    let name = rest.trim_start();
    let at = start + rest.len() - name.len();
    let length = name.bytes().take_while(|&byte| is_word(byte)).count();
    (length > 0).then(|| (at, name[..length].to_owned()))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_characters_are_no_code() {
        let source = "a /* b /* c */ d */ e // f\n\"g \\\" h\" r#\"i \" j\"# 'k' '\\'' &'l m";
        assert_eq!(code_of(source).split_whitespace().collect::<Vec<_>>(), ["a", "e", "&'l", "m"]);
        assert_eq!(code_of(source).lines().count(), 2);
    }

    #[test]
    fn grouped_and_single_paths_are_found_on_their_lines() {
        let code = "use crate::{\n    mel::{Mel, Dialect},\n    Error,\n};\nfn f() -> crate::stream::Format";
        let paths: Vec<_> = crate_paths(code).into_iter().map(|(at, name)| (line_of(code, at), name)).collect();
        let expected = [(2, "mel"), (3, "Error"), (5, "stream")];
        assert_eq!(paths, expected.map(|(line, name)| (line, name.to_owned())));
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(words("unsafe_op unsafe nunsafe", "unsafe").collect::<Vec<_>>(), [10]);
    }
}
