//! CLAP's preset discovery: hosts list the factory presets, and the user's files, without making an instance.

use super::{Bank, EXTENSION, Folder, Preset, read};
use crate::identity::CLAP_ID;
use clap_sys::factory::preset_discovery::*;
use clap_sys::universal_plugin_id::clap_universal_plugin_id;
use clap_sys::version::CLAP_VERSION;
use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;
use std::ptr::null;

const PROVIDER_ID: &CStr = c"org.remel.remel.presets";

static DESCRIPTOR: clap_preset_discovery_provider_descriptor = clap_preset_discovery_provider_descriptor {
    clap_version: CLAP_VERSION,
    id: PROVIDER_ID.as_ptr(),
    name: c"Remel's presets".as_ptr(),
    vendor: c"Remel".as_ptr(),
};

static FACTORY: clap_preset_discovery_factory = clap_preset_discovery_factory {
    count: Some(count),
    get_descriptor: Some(descriptor),
    create: Some(create),
};

/// The factory of preset discovery, where `id` asks for it; else a null pointer.
pub fn factory(id: &CStr) -> *const c_void {
    match id == CLAP_PRESET_DISCOVERY_FACTORY_ID || id == CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT {
        true => (&raw const FACTORY).cast(),
        false => null(),
    }
}

/// A provider, which lives from `create` to `destroy`.
struct Provider {
    clap: clap_preset_discovery_provider,
    indexer: *const clap_preset_discovery_indexer,
}

unsafe extern "C" fn count(_: *const clap_preset_discovery_factory) -> u32 {
    1
}

unsafe extern "C" fn descriptor(
    _: *const clap_preset_discovery_factory,
    index: u32,
) -> *const clap_preset_discovery_provider_descriptor {
    if index == 0 { &raw const DESCRIPTOR } else { null() }
}

unsafe extern "C" fn create(
    _: *const clap_preset_discovery_factory,
    indexer: *const clap_preset_discovery_indexer,
    id: *const c_char,
) -> *const clap_preset_discovery_provider {
    // SAFETY: what is not null is a string that the host keeps during this call.
    if indexer.is_null() || id.is_null() || unsafe { CStr::from_ptr(id) } != PROVIDER_ID {
        return null();
    }
    let clap = clap_preset_discovery_provider {
        desc: &raw const DESCRIPTOR,
        provider_data: std::ptr::null_mut(),
        init: Some(init),
        destroy: Some(destroy),
        get_metadata: Some(metadata),
        get_extension: Some(extension),
    };
    let provider = Box::into_raw(Box::new(Provider { clap, indexer }));
    // SAFETY: it has just been made, and nobody else has it yet.
    unsafe {
        (*provider).clap.provider_data = provider.cast();
        &raw const (*provider).clap
    }
}

/// Tells the host what presets are called, and where they are.
unsafe extern "C" fn init(provider: *const clap_preset_discovery_provider) -> bool {
    // SAFETY: the host hands back what `create` made, whose indexer outlives it.
    unsafe {
        let indexer = (*(*provider).provider_data.cast::<Provider>()).indexer;
        let (Some(filetype), Some(location)) = ((*indexer).declare_filetype, (*indexer).declare_location)
        else {
            return false;
        };
        let Ok(end) = CString::new(EXTENSION) else { return false };
        let files = clap_preset_discovery_filetype {
            name: c"Remel preset".as_ptr(),
            description: c"A sound of Remel".as_ptr(),
            file_extension: end.as_ptr(),
        };
        let own = clap_preset_discovery_location {
            flags: CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT,
            name: c"Factory".as_ptr(),
            kind: CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN,
            location: null(),
        };
        let done = filetype(indexer, &raw const files) && location(indexer, &raw const own);
        // A folder that is not there yet is none that a host could look into.
        let folder = Folder::of_user().filter(|folder| folder.path().is_dir());
        let Some(path) = folder.and_then(|folder| text(&folder.path().to_string_lossy())) else { return done };
        let users = clap_preset_discovery_location {
            flags: CLAP_PRESET_DISCOVERY_IS_USER_CONTENT,
            name: c"User".as_ptr(),
            kind: CLAP_PRESET_DISCOVERY_LOCATION_FILE,
            location: path.as_ptr(),
        };
        done && location(indexer, &raw const users)
    }
}

unsafe extern "C" fn destroy(provider: *const clap_preset_discovery_provider) {
    // SAFETY: the host hands back what `create` made, once and for the last time.
    drop(unsafe { Box::from_raw((*provider).provider_data.cast::<Provider>()) });
}

unsafe extern "C" fn extension(_: *const clap_preset_discovery_provider, _: *const c_char) -> *const c_void {
    null()
}

/// Tells the host of the presets at a location.
unsafe extern "C" fn metadata(
    _: *const clap_preset_discovery_provider,
    kind: clap_preset_discovery_location_kind,
    location: *const c_char,
    receiver: *const clap_preset_discovery_metadata_receiver,
) -> bool {
    if receiver.is_null() {
        return false;
    }
    // SAFETY: the receiver, and a location that is not null, are the host's during this call.
    unsafe {
        match kind {
            CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN => {
                let bank = Bank::read(None);
                bank.presets().iter().all(|preset| tell(receiver, preset, Some(&preset.name)))
            }
            CLAP_PRESET_DISCOVERY_LOCATION_FILE if !location.is_null() => {
                let path = CStr::from_ptr(location).to_string_lossy();
                match read(Path::new(&*path)) {
                    Ok((preset, _)) => tell(receiver, &preset, None),
                    Err(error) => {
                        if let (Some(refuse), Some(error)) = ((*receiver).on_error, text(&error.to_string())) {
                            refuse(receiver, 0, error.as_ptr());
                        }
                        false
                    }
                }
            }
            _ => false,
        }
    }
}

/// Tells `receiver` of one preset.
///
/// # Safety
/// The receiver is the host's.
unsafe fn tell(
    receiver: *const clap_preset_discovery_metadata_receiver,
    preset: &Preset,
    key: Option<&str>,
) -> bool {
    let words = format!("{} {}", preset.description, preset.routing);
    let (name, category) = (text(&preset.name), text(&preset.category.to_lowercase()));
    let (Some(name), Some(category), Some(words)) = (name, category, text(words.trim())) else { return false };
    let key = key.and_then(text);
    let Some(id) = text(CLAP_ID) else { return false };
    let plugin = clap_universal_plugin_id { abi: c"clap".as_ptr(), id: id.as_ptr() };
    // SAFETY: the caller's; the strings live during these calls.
    unsafe {
        let to = &*receiver;
        let Some(begin) = to.begin_preset else { return false };
        if !begin(receiver, name.as_ptr(), key.as_ref().map_or(null(), |key| key.as_ptr())) {
            return false;
        }
        if let Some(add) = to.add_plugin_id {
            add(receiver, &raw const plugin);
        }
        if let Some(set) = to.set_flags {
            let factory = CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT;
            set(receiver, if preset.is_factory() { factory } else { CLAP_PRESET_DISCOVERY_IS_USER_CONTENT });
        }
        if let (Some(add), true) = (to.add_creator, preset.is_factory()) {
            add(receiver, c"Remel".as_ptr());
        }
        if let Some(set) = to.set_description {
            set(receiver, words.as_ptr());
        }
        if let Some(add) = to.add_feature {
            add(receiver, category.as_ptr());
        }
    }
    true
}

/// For C; none of what has a zero byte.
fn text(text: &str) -> Option<CString> {
    CString::new(text).ok()
}
