//! The validator of Steinberg's VST 3 SDK.

use super::verdict::Verdict;
use super::workshop::{Workshop, commit, counts};
use crate::bundle;
use crate::cargo::target_dir;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;

/// Neither VSTGUI nor the example plugins, which the validator does without.
const SETTINGS: [&str; 2] = ["-DSMTG_ENABLE_VSTGUI_SUPPORT=OFF", "-DSMTG_ENABLE_VST3_PLUGIN_EXAMPLES=OFF"];

/// Builds the validator and runs its tests on the VST3 plugin, then the extensive ones.
pub fn run(workshop: &Workshop, source: &Path) -> Result<Vec<Verdict>> {
    for part in ["base", "cmake", "pluginterfaces", "public.sdk"] {
        let part = source.join(part);
        ensure!(part.join(".git").exists(), "{}: not checked out, see git submodule", part.display());
    }
    let validator = workshop.cmake("vst3", source, &SETTINGS.map(Into::into), "validator")?;
    let version = commit(source)?;
    let validate = |name: &str, extensive: Option<&str>| {
        let mut validate = Command::new(&validator);
        validate.args(extensive).arg(bundle::vst3_path(&target_dir()?));
        let finished = workshop.run(name, validate)?;
        let log = finished.log.display();
        let [passed, failed] = counts(&finished.text, ["tests passed", "tests failed"])
            .with_context(|| format!("{}, see {log}", finished.status))?;
        let remarks = if failed > 0 { vec![format!("see {log}")] } else { Vec::new() };
        let validator = ["VST3 validator"].into_iter().chain(extensive).chain([version.as_str()]);
        let validator = validator.collect::<Vec<_>>().join(" ");
        Ok(Verdict { validator, passed, failed, skipped: 0, remarks })
    };
    [("vst3", None), ("vst3-extensive", Some("-e"))]
        .into_iter()
        .map(|(name, option)| validate(name, option))
        .collect()
}
