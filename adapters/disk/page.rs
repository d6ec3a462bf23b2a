//! The page in a set: what it is and what to bring back, for somebody who was handed a stick and knows nothing of us.
//!
//! Part of what is signed, and the same for every copy: nothing on it says when or how often it was cut.

use crate::bag::{DATA, Label, TAG_MANIFEST};
use crate::seal;
use model::define::{Field, Layout, Meaning};

/// Its name in the set.
pub(crate) const PAGE: &str = "READ-ME.txt";

/// The text of a set for a department.
pub(crate) fn text(label: &Label<'_>, payload_name: &str, answer: &str, returned: Option<&Layout>) -> String {
    let Label {
        number,
        sender,
        recipient,
        rows,
        ..
    } = label;
    let columns = returned.map(columns).unwrap_or_default();
    let code = returned
        .and_then(|layout| named(layout, &Meaning::ReturnCode))
        .unwrap_or_default();
    let mut text = vec![
        format!("{number}  {sender} -> {recipient}"),
        String::new(),
        format!("这是{sender}送交{recipient}的一批数据，共{rows}条，在 {DATA}{payload_name}。"),
    ];
    if payload_name.ends_with(seal::ENDING) {
        text.push(format!("数据已加密：age -d -i 密钥文件 -o 输出文件 {payload_name}"));
    }
    text.extend([
        String::new(),
        "收到后：".to_owned(),
        format!("1. 核对交接单上的核对码：它是 {TAG_MANIFEST} 的 SHA-256 的前16位"),
        format!("   （Windows：certutil -hashfile {TAG_MANIFEST} SHA256）。不一致请勿使用，电话联系{sender}。"),
        "2. 把数据导入你方系统。本目录中的文件请勿改动、改名或删除。".to_owned(),
        format!("3. 办理后把回盘存为 {answer}，放在介质的最上一层（与目录 {number} 并列），随介质带回。"),
    ]);
    if !columns.is_empty() {
        text.push(format!("   回盘每条一行，各列：{columns}（带*的必填）。"));
    }
    if !code.is_empty() {
        text.push(format!("   {code}：已办填 0000；不能办的填约定的返回码，并写明原因。"));
    }
    text.extend([
        "   一次回不全的，余下的以后用同一文件名再回；已回过的不会重复办理。".to_owned(),
        String::new(),
        format!("A batch of {rows} records from {sender} for {recipient}: {DATA}{payload_name}."),
        format!("Compare the first 16 digits of the SHA-256 of {TAG_MANIFEST} with the slip; where they differ call {sender}."),
        "Change, rename and remove nothing in this directory.".to_owned(),
        format!("Bring the answer back as {answer}, beside the directory {number}: a row for each record."),
    ]);
    if !columns.is_empty() {
        text.push(format!("Columns: {columns} (* must be filled)."));
    }
    text.push("What cannot be answered yet may follow later under the same name.".to_owned());
    lines(&text)
}

/// The text of a set for another gateway: there is nothing to fill in, it is imported.
pub(crate) fn for_gateway(label: &Label<'_>, payload_name: &str) -> String {
    let Label {
        number,
        sender,
        recipient,
        rows,
        ..
    } = label;
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
