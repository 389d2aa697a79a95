//! What shapes tell of a network, and tables of none.

use super::*;

/// The weights of a small network with classes, under lmnt's names, and whatever `others` are.
fn weights(others: &[(&str, &[usize])]) -> Weights {
    let config = DiffWaveConfig {
        channels: 4,
        layers: 2,
        dilation_cycle: 2,
        n_mels: Some(3),
        classes: Some(5),
        training_steps: 50,
        causal: false,
        variant: Variant::Lmnt,
        learned_variance: false,
    };
    let mut weights = Weights::default();
    let table = config.tensors().into_iter();
    for (name, shape) in table.chain(others.iter().map(|(name, shape)| (name.to_string(), shape.to_vec()))) {
        let data = vec![0.0; shape.iter().product()];
        weights.insert(name, Tensor { shape, data });
    }
    weights
}

#[test]
fn shapes_tell_the_network() {
    let named = rename("a file", &weights(&[(STEP_TABLES[0], &[70, 128])])).unwrap();
    let DiffWaveConfig { channels, layers, n_mels, classes, training_steps, .. } = named.config;
    assert_eq!((channels, layers, n_mels, classes, training_steps), (4, 2, Some(3), Some(5), 70));
    assert!(named.weights.get(STEP_TABLES[0]).is_none() && !named.is_large());
}

#[test]
fn tables_of_no_network_are_refused_in_one_line_before_anything_has_their_size() {
    for (name, shape) in [
        (STEP_TABLES[0], &[][..]),
        (STEP_TABLES[1], &[0, 128]),
        (STEP_TABLES[0], &[1_000_000_000_000, 0]),
        (LABEL_EMBEDDING, &[]),
        (LABEL_EMBEDDING, &[1_000_000_000_000, 0]),
        (LABEL_EMBEDDING, &[10_001, 0]),
        ("input_projection.weight", &[1_000_000_000_000, 0]),
    ] {
        let message = rename("a file", &weights(&[(name, shape)])).unwrap_err().to_string();
        assert!(message.starts_with("a file: ") && !message.contains('\n'), "{message}");
        assert!(message.contains(name) || message.contains("channels"), "{message}");
    }
}
