//! What `[channel.settings]` of a manual channel says, and what is wrong with it.

use model::define::{Channel, Layout, Meaning};
use model::{Code, Finding};
use serde::Deserialize;

/// Settings of a manual channel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The most bytes one completed form may have.
    #[serde(default = "form_bytes")]
    pub form_bytes_max: u32,
}

fn form_bytes() -> u32 {
    256 * 1024
}

fn wrong(setting: &str, detail: &str) -> Finding {
    Finding::new(Code::SChannelSetting)
        .with("setting", setting)
        .with("detail", detail)
}

impl Settings {
    /// A form's layout must have room for what every form says.
    pub(crate) fn judge(&self, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !(1024..=16 * 1024 * 1024).contains(&self.form_bytes_max) {
            findings.push(wrong("form_bytes_max", "1024–16777216"));
        }
        for feed in &channel.feeds {
            let Some(layout) = layouts.iter().find(|l| l.name == feed.layout) else {
                continue;
            };
            let has = |meaning: &Meaning| layout.fields.iter().any(|f| f.meaning == *meaning);
            if !has(&Meaning::CaseNo) {
                findings.push(wrong(
                    &format!("feeds.{}", feed.name),
                    "版式缺少办件编号 the layout has no field for the case number",
                ));
            }
            if feed.matter.is_none() && !has(&Meaning::Matter) {
                findings.push(wrong(
                    &format!("feeds.{}", feed.name),
                    "版式和通道都未写明事项 neither feed nor layout says the matter",
                ));
            }
        }
        findings
    }
}
