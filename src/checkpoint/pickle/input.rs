//! What the operations of a pickle read: numbers and texts of several widths, and lines.

use super::Node;

/// A pickle's bytes, and how far they have been read.
pub struct Input<'a> {
    bytes: &'a [u8],
    /// Bytes that have been read.
    pub at: usize,
}

impl<'a> Input<'a> {
    /// Nothing of `bytes` has been read.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..count).ok_or("its pickle is cut short")?;
        self.at += count;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        Ok(self.take(N)?.try_into().expect("as many bytes as were taken"))
    }

    pub fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Bytes after their number, which has `width` bytes itself.
    pub fn counted(&mut self, width: usize) -> Result<&'a [u8], String> {
        let mut count = [0; 8];
        count[..width].copy_from_slice(self.take(width)?);
        self.take(usize::try_from(u64::from_le_bytes(count)).map_err(|_| "its pickle is cut short")?)
    }

    pub fn line(&mut self) -> Result<&'a [u8], String> {
        let length = self.bytes[self.at..].iter().position(|b| *b == b'\n').ok_or("its pickle is cut short")?;
        let line = self.take(length + 1)?;
        Ok(line[..length].strip_suffix(b"\r").unwrap_or(&line[..length]))
    }

    pub fn number_line(&mut self) -> Result<u32, String> {
        text(self.line()?)?.parse().map_err(|_| "a reference in its pickle is none".into())
    }
}

pub fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|_| "a text in its pickle is not UTF-8".into())
}

pub fn legacy_text(bytes: &[u8]) -> Node {
    std::str::from_utf8(bytes).map_or_else(|_| Node::Bytes(bytes.into()), |text| Node::Text(text.into()))
}

/// An integer of any width; one beyond 64 bits as the number nearest to it.
pub fn long(bytes: &[u8]) -> Node {
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    if bytes.len() <= 8 {
        let mut wide = [if negative { 0xff } else { 0 }; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        return Node::Int(i64::from_le_bytes(wide));
    }
    let magnitude = bytes.iter().rev().fold(0.0, |sum, byte| sum * 256.0 + f64::from(*byte));
    Node::Float(if negative { magnitude - 256f64.powi(bytes.len() as i32) } else { magnitude })
}

/// An integer in digits, or a boolean as the first protocols have it.
pub fn integer_line(line: &[u8]) -> Result<Node, String> {
    match text(line)? {
        "00" => Ok(Node::Bool(false)),
        "01" => Ok(Node::Bool(true)),
        digits => digits
            .trim_end_matches('L')
            .parse()
            .map(Node::Int)
            .map_err(|_| "a number in its pickle is none".into()),
    }
}
