//! Classes in headers: their names in files and requests, and networks that have others.

use remel::checkpoint;
use remel::model::{Model, ModelHeader};
use remel::network::{DiffWaveConfig, Tensor, Weights};

use crate::classes::{FIXTURES, model};
use crate::live::live;

#[test]
fn a_model_file_keeps_the_names_of_its_classes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let read = model(FIXTURES[0]);
    assert_eq!(
        (read.header().classes.join(" "), read.header().network.diffwave("test").unwrap().classes),
        ("piano violin 3".into(), Some(3))
    );
    let model =
        Model::new("model", ModelHeader { null_label: true, ..read.header().clone() }, read.weights().clone());
    checkpoint::save(model.as_ref().unwrap(), &path).unwrap();
    let (model, found) = (model.unwrap(), checkpoint::load(&path, None).unwrap());
    let of = |model: &Model| {
        (model.header().classes.clone(), model.header().null_label, model.header().network.clone())
    };
    assert_eq!(of(&found), of(&model));
    assert!(found.weights() == model.weights());
}

/// What a file of before classes and of before other networks says, whose header has none of their fields.
#[test]
fn a_header_without_classes_is_one_of_a_network_without() {
    let header = serde_json::to_value(live().header()).unwrap();
    let mut old = header.clone();
    old.as_object_mut().unwrap().remove("classes").unwrap();
    old.as_object_mut().unwrap().remove("null_label").unwrap();
    old["network"].as_object_mut().unwrap().remove("classes").unwrap();
    // Nor of a kind: DiffWave was the only network.
    assert_eq!(old["network"].as_object_mut().unwrap().remove("kind").unwrap(), "diffwave");
    let old: ModelHeader = serde_json::from_value(old).unwrap();
    assert_eq!(old, *live().header());
}

#[test]
fn a_class_is_asked_for_by_name_or_index() {
    let read = model(FIXTURES[0]);
    let header = read.header();
    // The third class is called 3: a name goes before an index.
    let found = ["violin", "0", "1", "3"].map(|asked| header.class(asked).unwrap());
    assert_eq!(found, [1, 0, 1, 2]);
    for asked in ["flute", "-1", "4", ""] {
        let message = header.class(asked).unwrap_err().to_string();
        assert!(message.contains("class") && message.contains("piano, violin, 3"), "{message}");
    }
    for (class, guidance, expected) in
        [(None, 1.0, "piano, violin, 3"), (Some(3), 1.0, "piano"), (Some(0), 2.0, "label_dropout")]
    {
        let message = header.check_request(class, guidance).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let message = live().header().class("piano").unwrap_err().to_string();
    assert!(message.contains("no classes"), "{message}");
}

/// Changes the network's number of classes.
fn with_classes(header: &mut ModelHeader, classes: Option<usize>) {
    let network = header.network.diffwave("test").unwrap().clone();
    header.network = DiffWaveConfig { classes, ..network }.into();
}

#[test]
fn networks_and_headers_that_do_not_agree_are_refused() {
    let read = model(FIXTURES[0]);
    let with = |change: &dyn Fn(&mut ModelHeader, &mut Weights)| {
        let (mut header, mut weights) = (read.header().clone(), read.weights().clone());
        change(&mut header, &mut weights);
        Model::new("m", header, weights).unwrap_err().to_string()
    };
    let message = with(&|header, _| header.classes.truncate(2));
    assert!(message.contains("classes: found 2 names, expected 3"), "{message}");
    let message = with(&|header, _| header.classes[1] = "piano".into());
    assert!(message.contains("\"piano\"") && message.contains("a name of its own"), "{message}");
    let message = with(&|header, _| with_classes(header, Some(4)));
    assert!(
        message.contains("label_embedding.weight: found shape [3, 128], expected shape [4, 128]"),
        "{message}"
    );
    let message = with(&|header, _| with_classes(header, None));
    assert!(message.contains("label_embedding.weight") && message.contains("no such tensor"), "{message}");
    let message = with(&|_, weights| {
        let name = "residual_layers.3.label_projection.weight";
        weights.insert(name, Tensor { shape: vec![16, 64], data: vec![0.0; 1024] });
    });
    assert!(message.contains("residual_layers.3.label_projection.weight: found shape [16, 64]"), "{message}");
    let message = with(&|_, weights| {
        weights.remove("residual_layers.0.label_projection.bias");
    });
    assert!(message.contains("residual_layers.0.label_projection.bias: found none"), "{message}");
}
