//! Model files that ask for too much, are cut short or are none: refused in one line that names the file, at once.

use std::path::Path;
use std::time::{Duration, Instant};

use remel::checkpoint;
use serde_json::{Value, json};

const HEADER: &str = "remel.model.1";

/// A bundled model's file: the JSON before its values, and these.
fn model() -> (Value, Vec<u8>) {
    let bytes =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/live.safetensors")).unwrap();
    let length = u64::from_le_bytes(*bytes.first_chunk::<8>().unwrap()) as usize;
    (serde_json::from_slice(&bytes[8..8 + length]).unwrap(), bytes[8 + length..].to_vec())
}

fn file(head: &Value, values: &[u8]) -> Vec<u8> {
    let head = serde_json::to_vec(head).unwrap();
    [&(head.len() as u64).to_le_bytes(), head.as_slice(), values].concat()
}

/// The model's file with its header changed.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut head, values) = model();
    let mut header: Value = serde_json::from_str(head["__metadata__"][HEADER].as_str().unwrap()).unwrap();
    change(&mut header);
    head["__metadata__"][HEADER] = header.to_string().into();
    file(&head, &values)
}

#[track_caller]
fn refused(bytes: &[u8], parts: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad model");
    std::fs::write(&path, bytes).unwrap();
    let begun = Instant::now();
    let message = checkpoint::load(&path, None).unwrap_err().to_string();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}: {message}", begun.elapsed());
    assert!(message.starts_with(&format!("{}: ", path.display())), "{message}");
    assert!(!message.contains('\n') && message.len() < 1000, "{message}");
    for part in parts {
        assert!(message.contains(part), "`{message}` does not say `{part}`");
    }
}

#[test]
fn every_field_has_a_budget() {
    let dialect =
        |field: &'static str, value: Value| move |header: &mut Value| header["dialect"][field] = value;
    let network =
        |field: &'static str, value: Value| move |header: &mut Value| header["network"][field] = value;
    refused(&changed(dialect("rate_hz", json!(0))), &["dialect.rate_hz: found 0"]);
    refused(&changed(dialect("n_fft", json!(1u64 << 40))), &["dialect.n_fft", "1099511627776"]);
    refused(&changed(dialect("n_fft", json!(1 << 20))), &["dialect.n_fft: found 1048576"]);
    refused(&changed(dialect("hop", json!(0))), &["dialect.hop: found 0"]);
    refused(&changed(dialect("n_mels", json!(1u64 << 40))), &["dialect.n_mels"]);
    refused(&changed(dialect("name", json!("a\nb"))), &["dialect.name"]);
    refused(&changed(network("layers", json!(1_000_000_000))), &["layers: found 1000000000"]);
    refused(&changed(network("channels", json!(1u64 << 40))), &["channels: found 1099511627776"]);
    refused(&changed(network("training_steps", json!(1u64 << 40))), &["training_steps"]);
    refused(&changed(network("classes", json!(1u64 << 40))), &["classes"]);
    refused(&changed(network("dilation_cycle", json!(64))), &["dilation_cycle"]);
    refused(&changed(|header| header["rate_hz"] = json!(4_000_000_000u32)), &["rate_hz: found 4000000000"]);
    refused(&changed(|header| header["inference_betas"] = json!(vec![1e-6; 20_000])), &["20000 steps"]);
    refused(&changed(|header| header["training_betas"] = json!(vec![1e-6; 200_000])), &["200000 steps"]);
    refused(&changed(|header| header["inference_betas"] = json!([2.0])), &["inference_betas.beta: found 2"]);
    refused(&changed(|header| header["card"]["name"] = json!("a\u{1b}[2J")), &["card.name"]);
    // A history of 16 layers under dilations up to 2¹⁵ for each of a thousand steps.
    let far = |header: &mut Value| {
        header["network"]["dilation_cycle"] = json!(16);
        header["network"]["layers"] = json!(256);
        header["inference_betas"] = json!(vec![1e-6; 1000]);
    };
    refused(&changed(far), &["network: found a reach of", "1000 steps"]);
}

#[test]
fn a_diffusion_along_sigma_is_checked() {
    let with = |diffusion: Value, more: Value| {
        changed(move |header| {
            header["diffusion"] = diffusion;
            header["clamp"] = json!("never");
            let fields = header.as_object_mut().unwrap();
            fields.remove("training_betas");
            fields.remove("inference_betas");
            fields.extend(more.as_object().unwrap().clone());
        })
    };
    let schedule = json!({ "sigma_min": 1e-4, "sigma_max": 3.0, "rho": 9.0 });
    let v = |schedule: &Value, steps: u64| json!({ "preconditioning": { "kind": "v" }, "schedule": schedule, "steps": steps });
    let k = |preconditioning: Value| json!({ "preconditioning": preconditioning, "schedule": schedule, "steps": 5 });
    let none = json!({});
    refused(&with(v(&schedule, 1), none.clone()), &["diffusion.steps: found 1, expected at least 2"]);
    refused(&with(v(&schedule, 1 << 40), none.clone()), &["diffusion.steps: found 1099511627776 steps"]);
    let schedules = [("sigma_min", json!(0.0)), ("sigma_max", json!(1e-5)), ("rho", json!(-1.0))];
    for (field, value) in schedules {
        let mut changed = schedule.clone();
        changed[field] = value;
        refused(&with(v(&changed, 5), none.clone()), &[&format!("diffusion.schedule.{field}: found")]);
    }
    let threshold = json!({ "kind": "k", "sigma_data": 0.1, "dynamic_threshold": 1.5 });
    refused(&with(k(threshold), none.clone()), &["diffusion.preconditioning.dynamic_threshold: found 1.5"]);
    let sigma_data = json!({ "kind": "k", "sigma_data": 0.0 });
    refused(&with(k(sigma_data), none.clone()), &["diffusion.preconditioning.sigma_data: found 0"]);
    // The table of steps begins at 0.
    refused(
        &with(k(json!({ "kind": "k", "sigma_data": 0.1 })), none.clone()),
        &["diffusion: found σ", "which it takes"],
    );
    refused(&with(k(json!({ "kind": "e" })), none.clone()), &["unknown variant `e`"]);
    refused(
        &with(v(&schedule, 5), json!({ "training_betas": [0.1] })),
        &["diffusion: found one, expected no betas"],
    );
    refused(&with(v(&schedule, 5), json!({ "angle_steps": 4 })), &["diffusion: found one, expected no betas"]);
    let limited = json!({ "clamp": "every-step", "prior": null });
    refused(&with(v(&schedule, 5), limited), &["clamp: found every-step, expected last"]);
}

#[test]
fn files_that_are_not_what_their_header_says() {
    let (head, values) = model();
    let whole = file(&head, &values);
    refused(&whole[..whole.len() / 2], &["size: found", "as its header says"]);
    refused(&whole[..300], &["safetensors: found a header of"]);
    refused(&[&whole[..], &[0; 8]].concat(), &["size: found", "as its header says"]);
    refused(&[&(1u64 << 62).to_le_bytes()[..], b"{}"].concat(), &["a header of 4611686018427387904 bytes"]);
    refused(b"", &["is empty"]);
    let mut names = head.clone();
    names.as_object_mut().unwrap().remove("__metadata__");
    let tensors = names.as_object_mut().unwrap();
    *tensors =
        std::mem::take(tensors).into_iter().map(|(name, tensor)| (format!("x.{name}\n"), tensor)).collect();
    refused(&file(&names, &values), &["tensor names", "residual_layers"]);
}

#[test]
fn tables_of_no_network_are_refused_by_their_shapes() {
    let of = |name: &str, shape: Value| {
        let head = json!({
            "residual_layers.0.dilated_conv.weight": {"dtype": "F32", "shape": [4, 2, 3], "data_offsets": [0, 96]},
            "input_projection.weight": {"dtype": "F32", "shape": [2, 1, 1], "data_offsets": [96, 104]},
            name: {"dtype": "F32", "shape": shape, "data_offsets": [104, if shape == json!([]) { 108 } else { 104 }]},
        });
        file(&head, &vec![0; if shape == json!([]) { 108 } else { 104 }])
    };
    refused(&of("diffusion_embedding.embedding", json!([])), &["diffusion_embedding.embedding", "shape []"]);
    refused(&of("diffusion_embedding.embedding", json!([1_000_000_000_000u64, 0])), &["1 to 100000 rows"]);
    refused(&of("label_embedding.weight", json!([1_000_000_000_000u64, 0])), &["1 to 10000 rows"]);
    refused(&of("dtype", json!([0])), &["tensor ", "found"]);
}

#[test]
fn pickles_that_unfold_without_end() {
    // Lists of lists, each twice the one before; a list in itself; one in one in one; values that nobody takes.
    let mut doubled = b"\x80\x02]q\x00".to_vec();
    for level in 0..60 {
        doubled.extend([b']', b'q', level + 1, b'(', b'h', level, b'h', level, b'e']);
    }
    refused(&[&doubled[..], b"."].concat(), &["more values than any checkpoint has"]);
    refused(b"\x80\x02]q\x00h\x00a.", &["nested deeper"]);
    let deep = [&b"\x80\x02"[..], &[b']'; 200_000], &[b'a'; 199_999], b"."].concat();
    refused(&deep, &["nested deeper"]);
    refused(&[&b"\x80\x02"[..], &[b'N'; 2_000_000]].concat(), &["more than 1000000 operations"]);
    refused(b"\x80\x02X\xff\xff\xff\xffabc", &["cut short"]);
    refused(b"\x80\x02R.", &["takes more than it put"]);
    refused(b"\x80\x02}.", &["tensor names", "no tensor at all"]);
    refused(b"\x80\x02K\x01.", &["root: found 1", "a dictionary"]);
    // What PyTorch wrote before 1.6 ends after its magic number.
    refused(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", &["cut short"]);
}
