//! The model and the device that the user chose.

use crate::choices::{Backend as BackendChoice, ModelChoice};
use crate::engine::Renderers;
use crate::report::Card;
use remel::mel::Dialect;
use remel::network::Backend;
use remel::stream::RendererKey;
use remel::vocoder::Vocoder;
use remel::{Error, Result, checkpoint};
use std::sync::Arc;

/// A model in memory, and where it is to run.
pub struct Model {
    place: String,
    model: Arc<remel::model::Model>,
    dialect: Dialect,
    backend: Backend,
    /// Threads on the CPU.
    threads: usize,
}

impl Model {
    /// Reads the chosen model and finds the chosen device.
    ///
    /// # Errors
    /// The file is no model, the model reads no mel frames or has classes, or there is no such device.
    pub fn open(choice: &ModelChoice) -> Result<Self> {
        let (place, model) = match &choice.file {
            Some(file) => (file.display().to_string(), checkpoint::load(file, None)?),
            None => ("bundled".to_owned(), checkpoint::bundled()),
        };
        let dialect = model.dialect()?.clone();
        if !model.header().classes.is_empty() {
            let found = model.header().classes.join(", ");
            let expected = "none: the plugin has no control for them (see `remel vocode --class`)";
            return Err(Error::invalid(&place, "classes", found, expected));
        }
        let backend = match choice.backend {
            BackendChoice::Auto => Backend::best(),
            BackendChoice::Cpu => Backend::Cpu,
            BackendChoice::Gpu => Backend::first_gpu().ok_or_else(|| Error::Device {
                device: "GPU".to_owned(),
                reason: "none that Vulkan, Metal or DirectX reaches".to_owned(),
            })?,
        };
        // A saved state may come from a larger machine.
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = choice.threads.clamp(1, most);
        Ok(Self { place, model: Arc::new(model), dialect, backend, threads })
    }

    /// The renderer's name in the engine: equal for equal choices.
    pub fn key(&self) -> RendererKey {
        format!("{} on {}, {} threads", self.place, self.backend, self.threads).into()
    }

    /// What the user sees of it.
    pub fn card(&self) -> Card {
        let (header, parameters) = (self.model.header(), self.model.weights().parameters() as f64 / 1e6);
        let direction = if header.network.causal { "causal" } else { "bidirectional" };
        let (rate_hz, licence) = (header.rate_hz, &header.card.licence);
        Card {
            name: header.card.name.clone(),
            line: format!("DiffWave, {direction}, {parameters:.2} M parameters, {rate_hz} Hz, {licence}"),
            backend: match self.backend {
                Backend::Cpu => format!("{} × {}", self.backend, self.threads),
                _ => self.backend.to_string(),
            },
            dialect: self.dialect.clone(),
        }
    }

    /// The mel frames that it reads.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// A renderer on the device, and one on the CPU to go to where a GPU fails.
    ///
    /// # Errors
    /// The device does not answer.
    pub fn renderers(&self) -> Result<Renderers> {
        let renderer = Vocoder::with_threads(self.model.clone(), &self.backend, self.threads)?;
        let fallback = match self.backend {
            Backend::Cpu => None,
            _ => Some(Vocoder::with_threads(self.model.clone(), &Backend::Cpu, self.threads)?),
        };
        Ok((Box::new(renderer), fallback.map(|cpu| Box::new(cpu) as _)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use remel::stream::LatencyMode;

    #[test]
    fn no_mode_cuts_the_bundled_model_short() {
        let model = Model::open(&ModelChoice { backend: BackendChoice::Cpu, ..ModelChoice::default() })
            .expect("the bundled model");
        let (renderer, _) = model.renderers().expect("the CPU");
        let format = renderer.format();
        for mode in LatencyMode::ALL {
            // Without the frames that a model needs, no window goes on from the one before: the work is a multiple then.
            assert_eq!(mode.plan(&format).right_frames, format.context.right_frames, "{mode:?}");
        }
    }
}
