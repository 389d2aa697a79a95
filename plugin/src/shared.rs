//! What all plugin instances of the process share: the engine, its renderers and the models.
//!
//! The engine starts with the first lease and stops with the last, under one lock: never from a thread-local, never at
//! exit. Nothing is kept beyond the last lease. Only loader threads and the dropping of an instance come here, so
//! waiting is allowed.

use parking_lot::Mutex;
use remel::Result;
use remel::checkpoint::ModelFile;
use remel::kernel::{flush_denormals, raise_priority};
use remel::model::Model;
use remel::render::Render;
use remel::stream::{Engine, RendererKey};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Weak};

static SHARED: Mutex<Shared> =
    Mutex::new(Shared { engine: None, leases: 0, renderers: BTreeMap::new(), models: BTreeMap::new() });

struct Shared {
    engine: Option<Arc<Engine>>,
    /// How many [`EngineLease`]s there are.
    leases: usize,
    /// How many [`RendererLease`]s there are of each renderer.
    renderers: BTreeMap<RendererKey, usize>,
    /// The models that instances and renderers hold.
    models: BTreeMap<Digest, Weak<Model>>,
}

/// What tells the content of model files apart, wherever they lie and whenever they were written: half of a SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 16]);

impl Digest {
    /// That of a file's `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let whole = Sha256::digest(bytes);
        Self(std::array::from_fn(|index| whole[index]))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One instance's share in the engine.
pub struct EngineLease {
    engine: Arc<Engine>,
}

/// A renderer with the one to go to where it fails.
pub type Renderers = (Box<dyn Render>, Option<Box<dyn Render>>);

impl EngineLease {
    /// A share in the running engine, which the first one starts.
    ///
    /// # Errors
    /// The system gives the worker no thread.
    pub fn take() -> Result<Self> {
        let mut shared = SHARED.lock();
        let engine = match &shared.engine {
            Some(engine) => engine.clone(),
            None => Arc::new(Engine::start(prepare)?),
        };
        shared.engine = Some(engine.clone());
        shared.leases += 1;
        Ok(Self { engine })
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The model in `file`, its frames laid for streams, parsed where no instance has one of the same content, and that content's digest.
    ///
    /// # Errors
    /// The file is no model.
    pub fn model(&self, file: &ModelFile) -> Result<(Arc<Model>, Digest)> {
        let digest = Digest::of(file.bytes());
        let mut shared = SHARED.lock();
        if let Some(model) = shared.models.get(&digest).and_then(Weak::upgrade) {
            return Ok((model, digest));
        }
        let model = Arc::new(file.parse(None)?.for_streams());
        shared.models.retain(|_, model| model.strong_count() > 0);
        shared.models.insert(digest, Arc::downgrade(&model));
        Ok((model, digest))
    }

    /// A share in the renderer under `key`, which the first one makes with `make`.
    ///
    /// # Errors
    /// What `make` answers, or that the engine refuses the renderer.
    pub fn renderer(
        &self,
        key: RendererKey,
        make: impl FnOnce() -> Result<Renderers>,
    ) -> Result<RendererLease> {
        let mut shared = SHARED.lock();
        if !shared.renderers.contains_key(&key) {
            let (renderer, fallback) = make()?;
            self.engine.register(key.clone(), renderer, fallback)?;
        }
        *shared.renderers.entry(key.clone()).or_default() += 1;
        Ok(RendererLease { key, engine: self.engine.clone() })
    }
}

/// What the engine's thread does first.
fn prepare() {
    flush_denormals();
    raise_priority();
}

impl Drop for EngineLease {
    fn drop(&mut self) {
        let mut shared = SHARED.lock();
        shared.leases -= 1;
        if shared.leases == 0 {
            self.engine.stop();
            shared.engine = None;
            shared.renderers.clear();
            shared.models.clear();
        }
    }
}

/// One instance's share in a renderer. To be dropped before its [`EngineLease`].
pub struct RendererLease {
    key: RendererKey,
    engine: Arc<Engine>,
}

impl RendererLease {
    /// The renderer's name in the engine.
    pub fn key(&self) -> &RendererKey {
        &self.key
    }
}

impl Drop for RendererLease {
    fn drop(&mut self) {
        let mut shared = SHARED.lock();
        let Some(leases) = shared.renderers.get_mut(&self.key) else { return };
        *leases -= 1;
        if *leases == 0 {
            shared.renderers.remove(&self.key);
            self.engine.unregister(&self.key);
        }
    }
}
