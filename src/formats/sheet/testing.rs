//! The return of the social insurance office, as several tests read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{CellKind, SheetColumn, SheetReadOptions};
use crate::Limits;

pub(crate) fn column(name: &str, kind: CellKind) -> SheetColumn {
    SheetColumn {
        name: name.into(),
        kind,
        ..SheetColumn::default()
    }
}

/// 序号 业务编号 单位名称 法人身份证号 社保登记号 登记日期 处理结果.
pub(crate) fn returned() -> SheetReadOptions {
    let id = CellKind::Id { digits: None };
    let must = |column: SheetColumn| SheetColumn {
        required: true,
        ..column
    };
    let columns = vec![
        column("序号", CellKind::Number),
        must(column("业务编号", id)),
        column("单位名称", CellKind::Text),
        SheetColumn {
            check: Some("citizen_id".into()),
            ..column("法人身份证号", id)
        },
        SheetColumn {
            aliases: vec!["社会保险登记号".into()],
            ..column("社保登记号", CellKind::Id { digits: Some(12) })
        },
        column("登记日期", CellKind::Date),
        must(column("处理结果", CellKind::Text)),
    ];
    SheetReadOptions {
        columns,
        limits: Limits::default(),
    }
}

pub(crate) use super::grid::trimmed;
