//! The same for a channel that carries workbooks.

use super::*;

pub(crate) fn submit_layout() -> Layout {
    let item = |no| Meaning::Item(ItemNo(no));
    let fields = vec![
        field("序号", "number", Meaning::RowNo),
        field("业务编号", "id", Meaning::CaseNo),
        field("单位名称", "text", item(1)),
        field("组织机构代码", "id", item(3)),
        field("法定代表人", "text", item(4)),
        field("法人身份证号", "id", item(5)),
        field("注册资本", "number.2", item(8)),
    ];
    Layout {
        name: "submit".into(),
        encoding: "utf-8".into(),
        fields,
        ..Layout::default()
    }
}

pub(crate) fn return_layout() -> Layout {
    let required = |field: Field| Field {
        required: true,
        ..field
    };
    let fields = vec![
        field("序号", "number", Meaning::Ignored),
        required(field("业务编号", "id", Meaning::CaseNo)),
        field("单位名称", "text", Meaning::Ignored),
        field("法人身份证号", "id", Meaning::Ignored),
        Field {
            aliases: vec!["社会保险登记号".into()],
            ..field("社保登记号", "id12", Meaning::Item(ItemNo(11)))
        },
        field("登记日期", "date", Meaning::ResultDate),
        required(field("处理结果", "text", Meaning::ReturnCode)),
        field("处理结果", "text", Meaning::Reason),
    ];
    Layout {
        name: "return".into(),
        encoding: "utf-8".into(),
        fields,
        ..Layout::default()
    }
}

pub(crate) fn settings(more: &str) -> Settings {
    let text = format!(
        "plain = \"专人护送，盘不离身\"\nsigning_key = {{ file = \"k\" }}\nformat = \"xlsx\"\ntitle = \"海淀区社会保险登记导盘表\"\n{more}"
    );
    toml::from_str(&text).unwrap()
}

pub(crate) fn adapter_in(dir: &Path, more: &str) -> Arc<dyn Adapter> {
    adapter_with(dir, settings(more))
}

pub(crate) fn adapter_with(dir: &Path, settings: Settings) -> Arc<dyn Adapter> {
    let layouts = vec![submit_layout(), return_layout()];
    adapter_of("hrss", layouts, settings, dir, 16 << 20)
}

/// With these settings, whatever they say of encryption.
pub(crate) fn bench_of(secrecy: &str) -> Bench {
    let text =
        format!("{secrecy}\nsigning_key = {{ file = \"k\" }}\nformat = \"xlsx\"\ntitle = \"海淀区社会保险登记导盘表\"");
    Bench::made(|dir| adapter_with(dir, toml::from_str(&text).unwrap()))
}

pub(crate) fn bench(more: &str) -> Bench {
    Bench::made(|dir| adapter_in(dir, more))
}

/// The same, with a worker for workbooks: a shell script, run in the bench's directory.
pub(crate) fn bench_with_worker(script: &str) -> Bench {
    use std::os::unix::fs::PermissionsExt as _;
    Bench::made(|dir| {
        let worker = dir.join("worker");
        std::fs::write(&worker, format!("#!/bin/sh\ncd '{}'\n{script}", dir.display())).unwrap();
        std::fs::set_permissions(&worker, std::fs::Permissions::from_mode(0o755)).unwrap();
        adapter_in(dir, "")
    })
}

pub(crate) fn outgoing(cases: &[&str]) -> Outgoing {
    let table = super::outgoing(cases);
    let layout = Arc::new(submit_layout());
    let header = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
    let pick = |(at, row): (usize, Row)| {
        let own = |slot: usize| row.cells[slot].clone();
        let cells = vec![
            Some((at + 1).to_string().into()),
            own(0),
            own(1),
            own(3),
            own(4),
            own(5),
            own(8),
        ];
        Row { cells, ..row }
    };
    Outgoing {
        layout,
        header,
        rows: table.rows.into_iter().enumerate().map(pick).collect(),
        records: table.records,
        beside: port::Beside::default(),
    }
}
