//! The gradient of BandWave's loss is its slope, weight by weight.

use burn::tensor::Tensor;

use super::{BandWaveTask, Task};
use crate::diffusion::Noise;
use crate::network::{Backend, NetworkConfig};
use crate::train::config::{DataConfig, Source, TrainConfig};
use crate::train::data::DataSet;
use crate::train::pairs::Pairs;
use crate::train::parameters::{flattened, unflattened};
use crate::train::start;
use crate::train::state::{State, values};

const CONFIG: &str = "model = 'tiny.safetensors'\n[network]\nkind = 'bandwave'\nchannels = 16\nlayers = 4\ncycle = 2\n\
                      level = 16\nconditioner = 'hifigan'\n[data]\nsource = 'additive'\n[training]\nbatch = 4\n\
                      crop_frames = 20\n";

/// Weights that stand for all of their kind: every first and last map, and a layer along time and one along bands.
const KINDS: [&str; 16] = [
    "level.0.weight",
    "level.2.bias",
    "condition.weight",
    "encode.0.weight",
    "encode.2.bias",
    "place",
    "layers.0.taps.weight",
    "layers.1.taps.weight",
    "layers.2.taps.bias",
    "layers.0.level.weight",
    "layers.1.out.weight",
    "layers.3.out.bias",
    "layers.2.condition.weight",
    "layers.3.place",
    "decode.1.weight",
    "decode.2.bias",
];

#[test]
fn gradients_are_the_slope_of_the_loss() {
    let config: TrainConfig = toml::from_str(CONFIG).unwrap();
    let header = start::header(&config).unwrap();
    let (network, device) = (header.network.bandwave("test").unwrap(), Backend::Cpu.device().unwrap());
    let data = DataSet::open(&DataConfig::new(Source::Additive), header.rate_hz, &mut ());
    let pairs = Pairs::new(data.unwrap(), header.clone(), Vec::new());
    let task = BandWaveTask::new(&config.training, &header, network, pairs.into(), device.clone()).unwrap();
    let mut weights = start::parameters(&config, &header, None, &mut |_| ()).unwrap();
    // Away from the zeros of a beginning, where many gradients are zero too.
    let mut noise = vec![0.0; weights.len()];
    Noise::new(1).fill(0, 0, 0, &mut noise);
    weights.iter_mut().zip(&noise).for_each(|(weight, noise)| *weight += 0.05 * noise);
    // Of two crops of the batch, the first is listened to.
    let computed = |weights: &[f32]| task.gradient(&State::new(weights, &device), 0..2, 0.0).unwrap();
    let (_, gradient): (f64, Tensor<1>) = computed(&weights);
    let gradients = unflattened(network, &values(&gradient));
    for kind in KINDS {
        let own = gradients.values(kind);
        let norm = own.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        let length = (1e-3 / norm).clamp(1e-3, 0.05);
        let moved = |sign: f64| {
            let mut moved = unflattened(network, &weights);
            let mut tensor = moved.get(kind).unwrap().clone();
            for (value, gradient) in tensor.data.iter_mut().zip(own) {
                *value += (sign * length * f64::from(*gradient) / norm) as f32;
            }
            moved.insert(kind, tensor);
            computed(&flattened(network as &dyn NetworkConfig, &moved)).0
        };
        let slope = (moved(1.0) - moved(-1.0)) / (2.0 * length);
        assert!(norm > 0.0 && (slope / norm - 1.0).abs() < 0.05, "{kind}: slope {slope}, gradient {norm}");
    }
}
