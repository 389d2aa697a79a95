//! What a file is, by its first bytes: names lie, and many checkpoints have none of the usual ones.

use std::path::Path;

use crate::{Error, Result};

/// Bytes that are enough to tell.
pub const HEAD_BYTES: usize = 512;
/// Longest header of a safetensors file: that of a model has some thousand tensors' names, and its schedules.
const MOST_HEADER_BYTES: u64 = 1 << 23;

/// The containers that models and arrays come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A header in JSON, then the tensors' values.
    Safetensors,
    /// A pickle, alone, in an archive or before storages: PyTorch's.
    PyTorch,
    /// A NumPy array.
    Npy,
}

/// First bytes of what is neither, what it is, and what to do.
const OTHERS: [(&[u8], &str); 9] = [
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"\x89HDF", "an HDF5 file: save the tensors as .safetensors"),
    (b"GGUF", "a GGUF file: save the tensors as .safetensors"),
    (b"RIFF", "a sound: expected a checkpoint or an array"),
    (b"fLaC", "a sound: expected a checkpoint or an array"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"version https://git-lfs", "a pointer of Git LFS: fetch the file itself with `git lfs pull`"),
    (b"<", "a page of the web or XML: the download went wrong"),
    (b"{", "JSON text: save a NumPy array (.npy) or the tensors as .safetensors"),
];

impl Kind {
    /// The kind of the file `path`, which begins with `head` and has `length` bytes.
    ///
    /// # Errors
    /// Says what it is instead, and what to do.
    pub fn of(path: &Path, head: &[u8], length: u64) -> Result<Self> {
        if head.is_empty() {
            return Err(Error::unreadable(path, "is empty: expected a checkpoint or an array"));
        }
        if head.starts_with(b"\x93NUMPY") {
            return Ok(Self::Npy);
        }
        // An archive, or the protocol of a pickle.
        if head.starts_with(b"PK\x03\x04")
            || (head[0] == 0x80 && head.get(1).is_some_and(|p| (2..=5).contains(p)))
        {
            return Ok(Self::PyTorch);
        }
        if let Some((header, rest)) = head.split_first_chunk::<8>()
            && rest.first() == Some(&b'{')
        {
            let (header, left) = (u64::from_le_bytes(*header), length.saturating_sub(8));
            if header > MOST_HEADER_BYTES.min(left) {
                let found = format!("a header of {header} bytes");
                let expected = format!("at most {MOST_HEADER_BYTES}, and no more than the {left} that follow");
                return Err(Error::invalid(path.display(), "safetensors", found, expected));
            }
            return Ok(Self::Safetensors);
        }
        if let Some((_, what)) = OTHERS.iter().find(|(first, _)| head.starts_with(first)) {
            return Err(Error::unreadable(path, format!("is {what}")));
        }
        let what = if head.get(257..262) == Some(b"ustar") {
            "is a tar archive: unpack it first"
        } else if is_text(head) {
            "is text: expected a checkpoint (.safetensors, .pt) or an array (.npy; numpy.loadtxt reads text)"
        } else {
            "is of no kind that is known: expected a checkpoint (.safetensors, .pt) or an array (.npy)"
        };
        Err(Error::unreadable(path, what))
    }
}

fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Cut within a character.
        Err(e) if e.valid_up_to() + 4 > head.len() => return is_text(&head[..e.valid_up_to()]),
        Err(_) => return false,
    };
    text.chars().all(|c| !c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        let of = |head: &[u8]| Kind::of(Path::new("x.npy"), head, head.len() as u64);
        assert_eq!(of(b"\x93NUMPY\x01\x00").unwrap(), Kind::Npy);
        assert_eq!(of(b"PK\x03\x04").unwrap(), Kind::PyTorch);
        assert_eq!(of(b"\x80\x02}q\x00.").unwrap(), Kind::PyTorch);
        assert_eq!(of(b"\x02\0\0\0\0\0\0\0{}").unwrap(), Kind::Safetensors);
        for (head, word) in [
            (&b""[..], "is empty"),
            (b"\x03\0\0\0\0\0\0\0{}", "a header of 3 bytes"),
            (b"0.1 0.2 0.3\n", "is text"),
            (b"{\"mel\": []}", "JSON"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"<!DOCTYPE html>", "page"),
            (b"\0\0\0\0\0\0\0\0\0\0", "no kind that is known"),
        ] {
            let message = of(head).unwrap_err().to_string();
            assert!(message.starts_with("x.npy: ") && message.contains(word), "{message}");
        }
    }
}
