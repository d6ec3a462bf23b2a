//! What the settings say of keys: who may open what, and that all of it is of one suite.

use super::{Settings, wrong};
use crate::seal::Recipients;
use crate::sm;
use crate::suite::Suite;
use model::{Code, Finding};

/// The most recipients of a set: each of them is a stanza in its head, or a file beside it.
const RECIPIENTS_MAX: usize = sm::RECIPIENTS_MAX;

impl Settings {
    /// Encrypted, or somebody said why not; out and back.
    pub(super) fn judge_secrecy(&self) -> Vec<Finding> {
        let given = |reason: &Option<String>| reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
        let (plain, sealed) = (given(&self.plain), !self.recipients.is_empty());
        let mut findings = Vec::new();
        if self.suite() == Suite::Sm {
            findings.push(Finding::new(Code::WSmSoftware));
        }
        if plain == sealed || self.plain.is_some() != plain {
            let setting = if sealed { "plain" } else { "recipients" };
            findings.push(Finding::new(Code::SPlain).with("setting", setting));
            return findings;
        }
        // The other suite says more than how: digests and signature as well.
        if plain && self.suite == Some(Suite::Age) {
            findings.push(wrong("suite", "与 plain 矛盾 contradicts plain"));
        }
        findings.extend(self.judge_recipients());
        if sealed && self.control_sum.is_some() {
            findings.push(wrong(
                "control_sum",
                "总额写在封面明文中，会泄露加密内容 it would stand in clear on a set that is encrypted",
            ));
        }
        match (&self.plain_returns, &self.identity) {
            (Some(_), _) if plain => findings.push(wrong("plain_returns", "只用于加密的通道 only where sets are encrypted")),
            (Some(_), _) if !given(&self.plain_returns) => findings.push(wrong("plain_returns", "须写明原因 say why")),
            (None, None) if sealed => findings.push(wrong(
                "identity",
                "加密的回盘打不开：写上密钥，或用 plain_returns 写明回盘为何不加密 give the key that opens returns, or say in plain_returns why they come in clear",
            )),
            _ => {}
        }
        findings
    }

    /// Keys of this suite, each once, and not too many.
    fn judge_recipients(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.recipients.len() > RECIPIENTS_MAX {
            findings.push(wrong("recipients", "最多16个 at most 16"));
        }
        let mut seen: Vec<String> = Vec::new();
        for (at, text) in self.recipients.iter().enumerate() {
            let key = Recipients::from_texts(self.suite(), std::slice::from_ref(text));
            let key = key.ok().and_then(|key| key.names().pop());
            let detail = match key {
                None => no_recipient(self.suite(), text),
                Some(key) if seen.contains(&key) => "重复 given twice",
                Some(key) => {
                    seen.push(key);
                    continue;
                }
            };
            findings.push(wrong(&format!("recipients.{at}"), detail));
        }
        findings
    }
}

/// Why a text is no recipient of the suite, and where one comes from.
fn no_recipient(suite: Suite, text: &str) -> &'static str {
    let is_of = |suite: Suite| Recipients::from_texts(suite, &[text.to_owned()]).is_ok();
    match suite {
        Suite::Age if is_of(Suite::Sm) => {
            "是SM2公钥，须写 suite = \"sm\" an SM2 public key: it goes with suite = \"sm\""
        }
        Suite::Age => "不是 age1… 公钥 not a public key age1…: ask for what age-keygen -y prints",
        Suite::Sm if is_of(Suite::Age) => {
            "是 age 公钥，与 suite = \"sm\" 不能同用 a key of age, which does not go with suite = \"sm\""
        }
        Suite::Sm => "不是SM2公钥 not an SM2 public key: ask for what openssl pkey -pubout prints",
    }
}

/// What a key that checks signatures must be.
pub(super) fn no_verifier(suite: Suite) -> &'static str {
    match suite {
        Suite::Age => "须为64位十六进制 64 hexadecimal digits",
        Suite::Sm => "须为SM2公钥（openssl pkey -pubout 所示） an SM2 public key, as openssl pkey -pubout prints it",
    }
}
