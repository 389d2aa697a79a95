//! Who looks on while a model is trained, and what they are told.

/// How far a training is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Optimizer steps done.
    pub step: u64,
    /// The share that is done, 0 to 1.
    pub done: f64,
    /// Mean loss of the step's crops.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// The step's learning rate.
    pub learning_rate: f64,
    /// Wall-clock time spent, over all runs.
    pub seconds: f64,
}

/// Who looks on while a model is trained.
pub trait Observer {
    /// So many of all audio files are in the cache.
    fn prepared(&mut self, _files: usize, _all: usize) {}
    /// Something that does not end the training, in one line.
    fn warned(&mut self, _line: &str) {}
    /// Something worth knowing, in one line.
    fn informed(&mut self, _line: &str) {}
    /// A step was taken.
    fn stepped(&mut self, _progress: &Progress) {}
    /// The loss over the validation crops after so many steps.
    fn validated(&mut self, _step: u64, _loss: f64) {}
    /// Whether to end as soon as possible, with a checkpoint. Asked often, also while files are prepared and within steps.
    fn stopped(&mut self) -> bool {
        false
    }
}

/// Nobody looks on.
impl Observer for () {}
