//! Weights that are kept as lengths and directions (Salimans and Kingma 2016), folded into themselves.

use crate::network::{Tensor, Weights};
use crate::{Error, Result};

/// What PyTorch appends to a weight's name for its length and its direction: of old, and as a parametrization.
const FORMS: [[&str; 3]; 2] = [
    ["weight_g", "weight_v", "weight"],
    ["parametrizations.weight.original0", "parametrizations.weight.original1", "weight"],
];

/// Folds every pair g, v of `weights` into the weight g·v / |v|, where |v| is taken over all axes but those that g has.
/// Weights without values are folded by their shapes.
///
/// # Errors
/// Names the file `place` and the tensor, where the two do not fit.
pub fn fold(place: &str, weights: &mut Weights) -> Result<()> {
    for [length, direction, folded] in FORMS {
        let lengths: Vec<String> = weights
            .iter()
            .filter(|(name, _)| name.ends_with(length))
            .map(|(name, _)| name.to_owned())
            .collect();
        for name in lengths {
            let stem = &name[..name.len() - length.len()];
            let Some(v) = weights.remove(&format!("{stem}{direction}")) else { continue };
            let g = weights.remove(&name).expect("it was listed");
            let tensor = product(&g, v).map_err(|[g, v]| {
                let found = format!("shape {g:?} beside a direction of {v:?}");
                Error::invalid(
                    place,
                    format!("tensor {name}"),
                    found,
                    "a length for each output or all of them",
                )
            })?;
            weights.insert(format!("{stem}{folded}"), tensor);
        }
    }
    Ok(())
}

/// g·v / |v|, or both shapes where they do not fit.
fn product(g: &Tensor, mut v: Tensor) -> Result<Tensor, [Vec<usize>; 2]> {
    let single = g.shape.iter().all(|length| *length == 1);
    let same_axes = g.shape.len() == v.shape.len()
        && g.shape.iter().zip(&v.shape).all(|(of_g, of_v)| *of_g == 1 || of_g == of_v);
    if !(single || same_axes) || v.data.is_empty() != g.data.is_empty() {
        return Err([g.shape.clone(), v.shape]);
    }
    // The length that belongs to a value: by the axes that g has.
    let shape = v.shape.clone();
    let owner = |index: usize| {
        let (mut rest, mut stride, mut owner) = (index, 1, 0);
        for (axis, length) in shape.iter().enumerate().rev() {
            if !single && g.shape[axis] > 1 {
                owner += rest % length * stride;
                stride *= length;
            }
            rest /= length;
        }
        owner
    };
    let mut energies = vec![0f64; g.data.len()];
    for (index, value) in v.data.iter().enumerate() {
        energies[owner(index)] += f64::from(*value).powi(2);
    }
    let scales: Vec<f64> =
        g.data.iter().zip(&energies).map(|(g, energy)| f64::from(*g) / energy.sqrt()).collect();
    for (index, value) in v.data.iter_mut().enumerate() {
        *value = (f64::from(*value) * scales[owner(index)]) as f32;
    }
    Ok(v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_directions_are_weights_again() {
        let tensor = |shape: &[usize], data: &[f32]| Tensor { shape: shape.to_vec(), data: data.to_vec() };
        for [length, direction, folded] in FORMS {
            let mut weights = Weights::default();
            weights.insert(format!("a.{length}"), tensor(&[2, 1, 1], &[10.0, 1.0]));
            weights.insert(format!("a.{direction}"), tensor(&[2, 1, 2], &[3.0, 4.0, 0.0, 2.0]));
            fold("a file", &mut weights).unwrap();
            assert_eq!(weights.get(&format!("a.{folded}")), Some(&tensor(&[2, 1, 2], &[6.0, 8.0, 0.0, 1.0])));
            assert_eq!(weights.iter().count(), 1);
        }
    }

    #[test]
    fn lengths_of_another_layer_are_refused() {
        let mut weights = Weights::default();
        weights.insert("a.weight_g", Tensor { shape: vec![3, 1], data: vec![1.0; 3] });
        weights.insert("a.weight_v", Tensor { shape: vec![2, 2], data: vec![1.0; 4] });
        let message = fold("a file", &mut weights).unwrap_err().to_string();
        assert!(message.starts_with("a file: tensor a.weight_g: found shape [3, 1]"), "{message}");
    }
}
