#![no_main]

#[path = "../../tests/hostile/targets/mod.rs"]
#[expect(dead_code, reason = "each target is one of its functions")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::pages(bytes));
