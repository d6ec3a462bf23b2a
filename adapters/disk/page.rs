//! The page in a set: what it is and what to bring back, for somebody who was handed a stick and knows nothing of us.
//!
//! Part of what is signed, and the same for every copy: nothing on it says when or how often it was cut.

use crate::bag::{DATA, Label};
use crate::opener::Identities;
use crate::sm;
use crate::suite::Suite;
use model::define::{Field, Layout, Meaning};

/// Its name in the set.
pub(crate) const PAGE: &str = "READ-ME.txt";

/// What it is about.
pub(crate) struct Page<'a> {
    pub(crate) label: &'a Label<'a>,
    pub(crate) suite: Suite,
    /// What the payload is called.
    pub(crate) payload: &'a str,
    /// Whether the payload is encrypted.
    pub(crate) is_sealed: bool,
    /// What the answer is to be called.
    pub(crate) answer: &'a str,
    /// For whom the answer is to be encrypted, where it is.
    pub(crate) encrypts_for: Option<&'a Identities>,
    pub(crate) returned: Option<&'a Layout>,
}

impl Page<'_> {
    /// The text, with the line ends and the mark that old text programs need.
    pub(crate) fn text(&self) -> String {
        let mut text = self.chinese();
        text.push(String::new());
        text.extend(self.english());
        if self.suite == Suite::Sm {
            text.extend(self.commands());
        }
        lines(&text)
    }

    fn chinese(&self) -> Vec<String> {
        let (number, sender, recipient, rows) = self.label.said();
        let (payload, answer, tags) = (self.payload, self.answer, self.suite.tag_manifest());
        let (columns, code) = (self.columns(), self.code());
        let mut lines = vec![
            format!("{number}  {sender} -> {recipient}"),
            String::new(),
            format!("这是{sender}送交{recipient}的一批数据，共{rows}条，在 {DATA}{payload}。"),
        ];
        match self.suite {
            _ if !self.is_sealed => {}
            Suite::Age => lines.push(format!("数据已加密：age -d -i 密钥文件 -o 输出文件 {payload}")),
            Suite::Sm => lines.push("数据已加密（国密），解密命令见文末。".to_owned()),
        }
        lines.extend([String::new(), "收到后：".to_owned()]);
        match self.suite {
            Suite::Age => lines.extend([
                format!("1. 核对交接单上的核对码：它是 {tags} 的 SHA-256 的前16位"),
                format!("   （Windows：certutil -hashfile {tags} SHA256）。不一致请勿使用，电话联系{sender}。"),
            ]),
            Suite::Sm => lines.extend([
                format!("1. 核对交接单上的核对码：它是 {tags} 的 SM3 的前16位"),
                format!("   （openssl dgst -sm3 {tags}）。不一致请勿使用，电话联系{sender}。"),
            ]),
        }
        lines.extend([
            "2. 把数据导入你方系统。本目录中的文件请勿改动、改名或删除。".to_owned(),
            format!("3. 办理后把回盘存为 {answer}，放在介质的最上一层（与目录 {number} 并列），随介质带回。"),
        ]);
        if self.suite == Suite::Sm && self.encrypts_for.is_some() {
            lines.push(format!(
                "   {answer}.mac 和 {answer}.key1 与它放在一起，加密命令见文末。"
            ));
        }
        if !columns.is_empty() {
            lines.push(format!("   回盘每条一行，各列：{columns}（带*的必填）。"));
        }
        if !code.is_empty() {
            lines.push(format!("   {code}：已办填 0000；不能办的填约定的返回码，并写明原因。"));
        }
        lines.push("   一次回不全的，余下的以后用同一文件名再回；已回过的不会重复办理。".to_owned());
        lines
    }

    fn english(&self) -> Vec<String> {
        let (number, sender, recipient, rows) = self.label.said();
        let (payload, answer, tags) = (self.payload, self.answer, self.suite.tag_manifest());
        let digest = self.suite.kind().word();
        let columns = self.columns();
        let mut lines = vec![
            format!("A batch of {rows} records from {sender} for {recipient}: {DATA}{payload}."),
            format!(
                "Compare the first 16 digits of the {digest} of {tags} with the slip; where they differ call {sender}."
            ),
            "Change, rename and remove nothing in this directory.".to_owned(),
            format!("Bring the answer back as {answer}, beside the directory {number}: a row for each record."),
        ];
        if !columns.is_empty() {
            lines.push(format!("Columns: {columns} (* must be filled)."));
        }
        lines.push("What cannot be answered yet may follow later under the same name.".to_owned());
        lines
    }

    /// What is typed into OpenSSL 3, to open the set and to encrypt the answer.
    fn commands(&self) -> Vec<String> {
        let (payload, answer, tags) = (self.payload, self.answer, self.suite.tag_manifest());
        let (id, signature) = (sm::SIGNER, self.suite.signature());
        let mut lines = vec![
            String::new(),
            "OpenSSL 3".to_owned(),
            "请把本目录复制到本机后再操作；明文和 keys.txt 不要留在介质上，keys.txt 用后删除。".to_owned(),
            "Copy this directory to your machine and work there: nothing in clear and no keys.txt may stay on the medium.".to_owned(),
            String::new(),
            "验签 Check the signature (sender.pub: 送出方公钥, the sender's public key):".to_owned(),
            format!("openssl dgst -sm3 -verify sender.pub -sigopt distid:{id} -signature {signature} {tags}"),
        ];
        if self.is_sealed {
            let clear = payload.strip_suffix(self.suite.ending()).unwrap_or(payload);
            lines.extend([
                String::new(),
                "解密 Open it (my.key: 你方私钥, your private key; key1, key2 …: 各收件方的, one for each recipient):"
                    .to_owned(),
                format!("openssl pkeyutl -decrypt -inkey my.key -in {DATA}{payload}.key1 -out keys.txt"),
                "keys.txt 有三行 has three lines: KEY, IV, MACKEY".to_owned(),
                format!("openssl dgst -sm3 -mac HMAC -macopt hexkey:MACKEY {DATA}{payload}"),
                format!("结果须与 {payload}.mac 相同 must give what {payload}.mac says"),
                format!("openssl enc -d -sm4-cbc -K KEY -iv IV -in {DATA}{payload} -out {clear}"),
            ]);
        }
        if let Some(pem) = self.encrypts_for.and_then(Identities::pem) {
            let clear = answer.strip_suffix(self.suite.ending()).unwrap_or(answer);
            lines.extend([
                String::new(),
                "加密回盘 Encrypt the answer. 每次用新的随机数 New random numbers each time:".to_owned(),
                "openssl rand -hex 16  (KEY)".to_owned(),
                "openssl rand -hex 16  (IV)".to_owned(),
                "openssl rand -hex 32  (MACKEY)".to_owned(),
                "三行依次存为 Save the three lines as keys.txt".to_owned(),
                format!("openssl enc -sm4-cbc -K KEY -iv IV -in {clear} -out {answer}"),
                format!("openssl dgst -sm3 -mac HMAC -macopt hexkey:MACKEY -out {answer}.mac {answer}"),
                format!("openssl pkeyutl -encrypt -pubin -inkey node.pub -in keys.txt -out {answer}.key1"),
                "node.pub:".to_owned(),
            ]);
            lines.extend(pem);
        }
        lines
    }

    fn columns(&self) -> String {
        self.returned.map(columns).unwrap_or_default()
    }

    fn code(&self) -> &str {
        self.returned
            .and_then(|layout| named(layout, &Meaning::ReturnCode))
            .unwrap_or_default()
    }
}

/// The text of a set for another gateway: there is nothing to fill in, it is imported.
pub(crate) fn for_gateway(label: &Label<'_>, payload_name: &str) -> String {
    let (number, sender, recipient, rows) = label.said();
    lines(&[
        format!("{number}  {sender} -> {recipient}"),
        String::new(),
        format!("这是{sender}的网关送交{recipient}的网关的一批数据，共{rows}条，在 {DATA}{payload_name}。"),
        "收到后在你方网关上执行：tanghulu disk import 介质目录。".to_owned(),
        "它会核对签名和清单；收了什么，随下一张盘告知对方。本目录中的文件请勿改动、改名或删除。".to_owned(),
        String::new(),
        format!(
            "A batch of {rows} records from the gateway {sender} for the gateway {recipient}: {DATA}{payload_name}."
        ),
        "Run on the receiving gateway: tanghulu disk import DIR. It checks signature and manifest;".to_owned(),
        "what it took is told by its next disk. Change, rename and remove nothing in this directory.".to_owned(),
    ])
}

/// Lines with the line ends and the mark that old text programs need.
fn lines(lines: &[String]) -> String {
    let mut out = String::from("\u{feff}");
    for line in lines {
        out.push_str(line);
        out.push_str("\r\n");
    }
    out
}

/// The columns of a return, in order.
fn columns(layout: &Layout) -> String {
    let fields = layout.fields.iter().filter(|field| field.meaning != Meaning::Ignored);
    let names = fields.map(|Field { name, required, .. }| format!("{name}{}", if *required { "*" } else { "" }));
    names.collect::<Vec<_>>().join(" ")
}

fn named<'a>(layout: &'a Layout, meaning: &Meaning) -> Option<&'a str> {
    let field = layout.fields.iter().find(|field| field.meaning == *meaning);
    field.map(|field| field.name.as_str())
}

#[cfg(test)]
mod tests;
