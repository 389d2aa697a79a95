//! Pickles in the archives that PyTorch writes.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Storages beside the pickle, and the bytes of each.
const STORAGES: usize = 40;
const STORAGE_BYTES: usize = 1024;

/// An archive with `pickle`, and storages of zeros under the names that PyTorch numbers them by.
pub fn around(pickle: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut put = |name: &str, bytes: &[u8]| {
        archive.start_file(name, options).expect("a file in memory");
        archive.write_all(bytes).expect("memory");
    };
    put("archive/data.pkl", pickle);
    (0..STORAGES).for_each(|index| put(&format!("archive/data/{index}"), &[0; STORAGE_BYTES]));
    archive.finish().expect("memory").into_inner()
}

/// The pickle of the archive that `bytes` are.
pub fn pickle_of(bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
    let name = names.iter().find(|name| name.ends_with("data.pkl")).expect("a pickle");
    let mut pickle = Vec::new();
    archive.by_name(name).expect("an entry").read_to_end(&mut pickle).expect("a whole one");
    pickle
}
