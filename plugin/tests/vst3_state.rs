//! The states of every version in a VST3 host, which saves the same as a CLAP host does, without its length.

mod saved_states;

use saved_states::{PARAMETERS, SavedState, expected};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::null_mut;
use vst3::Steinberg::Vst::{
    IComponent, IComponent_iid, IComponentTrait, IEditController, IEditControllerTrait, ParameterInfo,
};
use vst3::Steinberg::{
    IBStream, IBStream_::IStreamSeekMode_, IBStreamTrait, IPluginFactory, IPluginFactoryTrait, PClassInfo,
    kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper};

/// A host's stream: bytes and a place in them.
struct Stream {
    bytes: RefCell<Vec<u8>>,
    at: Cell<usize>,
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, count: i32, read: *mut i32) -> tresult {
        let (bytes, at) = (self.bytes.borrow(), self.at.get());
        let part = &bytes[at..(at + count as usize).min(bytes.len())];
        // SAFETY: the plugin has `count` bytes at `buffer`, and the part is no longer.
        unsafe { std::ptr::copy_nonoverlapping(part.as_ptr(), buffer.cast(), part.len()) };
        self.at.set(at + part.len());
        // SAFETY: null, or the plugin's own number.
        if let Some(read) = unsafe { read.as_mut() } {
            *read = part.len() as i32;
        }
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, count: i32, written: *mut i32) -> tresult {
        // SAFETY: the plugin has `count` bytes at `buffer`.
        let part = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), count as usize) };
        self.bytes.borrow_mut().extend_from_slice(part);
        // SAFETY: null, or the plugin's own number.
        if let Some(written) = unsafe { written.as_mut() } {
            *written = count;
        }
        kResultOk
    }

    unsafe fn seek(&self, position: i64, mode: i32, result: *mut i64) -> tresult {
        let from = match mode as u32 {
            IStreamSeekMode_::kIBSeekCur => self.at.get(),
            IStreamSeekMode_::kIBSeekEnd => self.bytes.borrow().len(),
            _ => 0,
        };
        self.at.set((from as i64 + position) as usize);
        // SAFETY: the pointer is the plugin's, or null.
        unsafe { self.tell(result) }
    }

    unsafe fn tell(&self, position: *mut i64) -> tresult {
        // SAFETY: null, or the plugin's own number.
        if let Some(position) = unsafe { position.as_mut() } {
            *position = self.at.get() as i64;
        }
        kResultOk
    }
}

fn stream(bytes: &[u8]) -> (ComWrapper<Stream>, ComPtr<IBStream>) {
    let stream = ComWrapper::new(Stream { bytes: RefCell::new(bytes.to_vec()), at: Cell::new(0) });
    let pointer = stream.to_com_ptr().expect("a stream");
    (stream, pointer)
}

/// An instance of the plugin that is linked into this program.
fn component() -> ComPtr<IComponent> {
    let factory = remel_plugin::GetPluginFactory().cast::<IPluginFactory>();
    // SAFETY: the factory is our own plugin's, and so is what it makes: of the interface that it is asked for.
    unsafe {
        let factory = ComPtr::from_raw(factory).expect("a factory");
        let (mut info, mut made) = (std::mem::zeroed::<PClassInfo>(), null_mut());
        assert_eq!(factory.getClassInfo(0, &mut info), kResultOk);
        assert_eq!(factory.createInstance(info.cid.as_ptr(), IComponent_iid.as_ptr(), &mut made), kResultOk);
        ComPtr::from_raw(made.cast()).expect("an instance")
    }
}

/// A text as VST3 has it, up to its zero.
fn text(characters: &[u16]) -> String {
    let end = characters.iter().position(|character| *character == 0).unwrap_or(characters.len());
    String::from_utf16_lossy(&characters[..end])
}

/// Parameter `index`: its number, its name and its value as text.
fn parameter(controller: &ComPtr<IEditController>, index: usize) -> (u32, String, String) {
    // SAFETY: all zeros is such a description and such a text; the instance is alive, and writes to these places.
    unsafe {
        let (mut info, mut value) = (std::mem::zeroed::<ParameterInfo>(), std::mem::zeroed());
        assert_eq!(controller.getParameterInfo(index as i32, &mut info), kResultOk);
        let normalized = controller.getParamNormalized(info.id);
        assert_eq!(controller.getParamStringByValue(info.id, normalized, &mut value), kResultOk);
        (info.id, text(&info.title), text(&value))
    }
}

#[test]
fn the_states_of_all_versions_load() {
    for SavedState { path, bytes, state } in saved_states::all() {
        let component = component();
        let controller: ComPtr<IEditController> = component.cast().expect("a controller");
        let (_saved, pointer) = stream(&bytes);
        // SAFETY: both are alive.
        assert_eq!(unsafe { component.setState(pointer.as_ptr()) }, kResultOk, "{} is refused", path.display());
        for (index, row) in PARAMETERS.into_iter().enumerate() {
            let (id, title, found) = parameter(&controller, index);
            assert_eq!((id, title.as_str()), (row.1, row.2), "{}", path.display());
            let expected = expected(&state, row);
            // A VST3 host gets the unit apart from the number.
            let number = expected.rsplit_once(' ').map(|(number, _)| number);
            assert!(
                found == expected || number == Some(found.as_str()),
                "{}: {}: {found}",
                path.display(),
                row.0
            );
        }
        let (saved, pointer) = stream(&[]);
        // SAFETY: both are alive.
        assert_eq!(unsafe { component.getState(pointer.as_ptr()) }, kResultOk);
        let again: serde_json::Value = serde_json::from_slice(&saved.bytes.borrow()).expect("JSON alone");
        for (name, value) in state["params"].as_object().expect("parameters") {
            assert_eq!(again["params"][name], *value, "{}: {name}", path.display());
        }
    }
}
