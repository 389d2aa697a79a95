#![no_main]

#[path = "../../plugin/tests/hostile_state/mod.rs"]
mod hostile_state;

use std::cell::RefCell;

thread_local! {
    static INSTANCE: RefCell<hostile_state::Instance> = RefCell::new(hostile_state::Instance::new());
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| INSTANCE.with_borrow_mut(|instance| instance.take(bytes)));
