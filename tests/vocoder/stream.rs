//! Real models under the stream: what the plugin plays is what the offline render of the same plan gives.

use std::path::Path;
use std::sync::Arc;

use remel::audio::Audio;
use remel::checkpoint::{self, Bundled};
use remel::diffusion::Clamp;
#[cfg(feature = "burn")]
use remel::diffusion::Denoiser;
use remel::domain::{Prior, SpectralPrior};
use remel::mel::{Mel, MelStream};
use remel::model::{Model, ModelHeader};
use remel::network::Backend;
#[cfg(feature = "burn")]
use remel::network::{
    Network, bandwave::burn::BandWaveBurn, diffwave::burn::DiffWaveBurn, wavegrad::burn::WaveGradBurn,
};
use remel::render::{Format, Render, Request, SpanPlan};
use remel::stream::{Controls, Engine, Stream, StreamConfig};
use remel::vocoder::{StandIn, Vocoder};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn voice(rate_hz: u32, seconds: f64) -> Vec<f32> {
    let mut samples = Audio::read(&root().join("assets/demo/voice.wav")).unwrap().resampled(rate_hz).to_mono();
    samples.truncate((seconds * f64::from(rate_hz)) as usize);
    samples
}

fn fixture(name: &str) -> Arc<Model> {
    let path = root().join("tests/fixtures/diffwave").join(name).join("weights.pt");
    Arc::new(checkpoint::load(&path, None).unwrap())
}

/// A WaveGrad whose frames are of 300 samples.
fn wavegrad(name: &str) -> Arc<Model> {
    Arc::new(checkpoint::load(&root().join("tests/fixtures/wavegrad").join(name), None).unwrap())
}

/// The same network under the spectral prior.
fn with_spectral_prior(model: &Model) -> Arc<Model> {
    let prior = Some(Prior::Spectral(SpectralPrior::default()));
    let header = ModelHeader { prior, clamp: Clamp::Never, ..model.header().clone() };
    Arc::new(Model::new("spectral", header, model.weights().clone()).unwrap())
}

fn vocoder(model: &Arc<Model>) -> Vocoder {
    Vocoder::new(Arc::clone(model), &Backend::Cpu).unwrap()
}

/// The network of `model` in burn, as it is computed on GPUs.
#[cfg(feature = "burn")]
fn in_burn(model: &Arc<Model>) -> Vocoder {
    let (header, weights) = (model.header(), model.weights());
    let dialect = model.dialect().unwrap();
    let denoiser: Box<dyn Denoiser> = match &header.network {
        Network::BandWave(config) => {
            Box::new(BandWaveBurn::new(config, weights, dialect, &Backend::Cpu).unwrap())
        }
        Network::DiffWave(config) => Box::new(DiffWaveBurn::new(config, weights, &Backend::Cpu).unwrap()),
        Network::WaveGrad(config) => Box::new(WaveGradBurn::new(config, weights, &Backend::Cpu).unwrap()),
        other => panic!("{} has no mel frames to stream", other.family()),
    };
    Vocoder::with_denoiser(Arc::clone(model), denoiser).unwrap()
}

/// The frames that a stream sees: nothing lies before the first sample.
fn streamed_mel(samples: &[f32], model: &Model) -> Mel {
    let dialect = model.dialect().unwrap();
    let mut mel = Mel::new(dialect.n_mels);
    MelStream::new(dialect).unwrap().push(samples, |frame| mel.push(frame));
    mel
}

/// Plays `input` through a stream in blocks of `block` and gives what comes out, without the reported latency.
fn play(model: &Arc<Model>, plan: SpanPlan, input: &[f32], block: usize, seed: u64) -> Vec<f32> {
    let engine = Engine::start(|| ()).unwrap();
    let key = "model".into();
    engine.register("model".into(), Box::new(vocoder(model)), None).unwrap();
    let config = StreamConfig {
        host_rate_hz: model.header().rate_hz,
        channels: 1,
        max_block_frames: block,
        dialect: model.dialect().unwrap().clone(),
        plan,
        budget_ms: 20.0,
        offline: true,
    };
    let (mut stream, monitor) = Stream::open(&config, &engine, &key).unwrap();
    let latency = monitor.latency().total_host_samples;
    let mut controls = Controls::default();
    controls.request.seed = seed;
    let mut signal = input.to_vec();
    signal.resize(input.len() + latency, 0.0);
    for part in signal.chunks_mut(block) {
        stream.process(&mut [part], None, &controls);
    }
    assert_eq!(monitor.underruns(), 0);
    signal.split_off(latency)
}

#[track_caller]
fn hold(name: &str, chunk_frames: usize, block: usize) {
    hold_model(name, &fixture(name), chunk_frames, block);
}

#[track_caller]
fn hold_model(name: &str, model: &Arc<Model>, chunk_frames: usize, block: usize) {
    let input = voice(model.header().rate_hz, 1.2);
    let mut vocoder = vocoder(model);
    let plan = vocoder.plan(chunk_frames);
    let played = play(model, plan, &input, block, 5);
    // Silence goes on after the input, as it does in `play`.
    let mut padded = input.clone();
    padded.resize(input.len() + 60 * 256, 0.0);
    let mel = streamed_mel(&padded, model);
    let request = Request { seed: 5, ..Request::default() };
    // A causal model has no seams: however it is cut, what is heard is the render of the whole in one window.
    let offline = if model.header().network.layout().causal {
        vocoder.synthesize(&mel, &[], &request, &mut |_, _| ())
    } else {
        vocoder.synthesize_spans(&mel, &[], &request, plan, &mut |_, _| ())
    };
    let offline = offline.unwrap();
    let worst = played.iter().zip(&offline).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(offline.len() >= played.len());
    assert!(worst < 1e-5, "{name}, chunks of {chunk_frames}, blocks of {block}: off by {worst}");
    assert!(played.iter().any(|v| v.abs() > 1e-3), "{name}: silence proves nothing");
}

#[test]
fn a_causal_model_plays_its_render_in_one_window() {
    hold("causal_prior_8x4x4", 4, 333);
    hold("causal_prior_8x4x4", 16, 512);
}

#[test]
fn a_bidirectional_model_plays_its_offline_render() {
    hold("lmnt_16x6x3", 8, 64);
}

#[test]
fn wavegrads_play_their_offline_renders() {
    hold_model("lmnt's", &wavegrad("lmnt_300/weights.pt"), 8, 64);
    hold_model("lmnt's", &wavegrad("lmnt_300/weights.pt"), 3, 333);
    hold_model("ivanvovk's", &wavegrad("ivanvovk_300/model.safetensors"), 5, 512);
}

#[test]
fn a_spectral_prior_leaves_no_seams_either() {
    let causal = with_spectral_prior(&fixture("causal_prior_8x4x4"));
    hold_model("causal and spectral", &causal, 4, 333);
    hold_model("causal and spectral", &causal, 1, 512);
    hold_model("bidirectional and spectral", &with_spectral_prior(&fixture("lmnt_16x6x3")), 8, 64);
}

#[test]
fn a_carrier_that_is_hardly_noised_comes_through_a_spectral_prior() {
    let model = with_spectral_prior(&fixture("causal_prior_8x4x4"));
    let input = voice(model.header().rate_hz, 1.0);
    let mut mel = streamed_mel(&input, &model);
    mel = mel.slice(1..mel.frames());
    let carrier = &input[..mel.frames() * 256];
    let play = |strength| {
        let request = Request { strength, ..Request::default() };
        vocoder(&model).synthesize(&mel, carrier, &request, &mut |_, _| ()).unwrap()
    };
    assert_eq!(play(0.0), carrier, "what is not noised is not filtered either");
    let energy = |x: &mut dyn Iterator<Item = f32>| x.map(|x| x * x).sum::<f32>();
    let off = energy(&mut play(0.01).iter().zip(carrier).map(|(a, b)| a - b));
    let all = energy(&mut carrier.iter().copied());
    assert!(all > 1.0 && off < 0.5 * all, "{off} of {all}");
}

#[cfg(feature = "burn")]
#[test]
fn the_cpu_stands_in_for_a_gpu_whatever_the_network() {
    let live = Arc::new(checkpoint::load(&root().join("assets/models/live.safetensors"), None).unwrap());
    let bundled = Bundled::ALL.map(|bundled| Arc::new(bundled.model()));
    for model in bundled.into_iter().chain([live, fixture("lmnt_8x4x2"), wavegrad("lmnt_300/weights.pt")]) {
        let engine = Engine::start(|| ()).unwrap();
        engine.register("model".into(), Box::new(in_burn(&model)), Some(Box::new(vocoder(&model)))).unwrap();
    }
}

#[test]
fn a_stand_in_has_the_latency_of_its_model_and_refuses_what_no_model_is() {
    let files = ["live", "studio"].map(|name| root().join("assets/models").join(name));
    let files = files.map(|path| checkpoint::load(&path.with_extension("safetensors"), None).unwrap());
    let models = Bundled::ALL.map(|bundled| bundled.model().for_streams()).into_iter().chain(files);
    for model in models.map(Arc::new) {
        let stand_in = StandIn::new("state", model.header()).unwrap();
        let (found, expected) = (stand_in.format(), vocoder(&model).format());
        assert_eq!(Format { side_by_side: expected.side_by_side, ..found }, expected);
    }
    let faster = ModelHeader { rate_hz: 4_000_000_000, ..Bundled::Small.model().header().clone() };
    let refusal = StandIn::new("state", &faster).err().unwrap().to_string();
    assert_eq!(refusal, "state: rate_hz: found 4000000000, expected 1000 to 384000");
}
