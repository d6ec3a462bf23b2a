//! Where a matter is in the law's terms. Set by results only, never by transport.
//! Source: status codes of front-end exchanges, collected in the domain notes, section 5.3.

use crate::state::words;
use serde::{Deserialize, Serialize};
use std::fmt;

words!(
    /// The canonical standings of a matter.
    Standing {
        /// 收件
        Received = "received",
        /// 预受理
        Precheck = "precheck",
        /// 补正告知
        SupplementRequested = "supplement_requested",
        /// 已补正
        Supplemented = "supplemented",
        /// 受理
        Accepted = "accepted",
        /// 不予受理
        AcceptanceRefused = "acceptance_refused",
        /// 审查中
        InReview = "in_review",
        /// 特别程序, 挂起
        Suspended = "suspended",
        /// 恢复
        Resumed = "resumed",
        /// 准予, 出证
        Approved = "approved",
        /// 不予许可
        Denied = "denied",
        /// 退件
        Returned = "returned",
        /// 作废
        Voided = "voided",
        /// 删除
        Deleted = "deleted",
        /// 转报
        Transferred = "transferred",
        /// 撤回
        Withdrawn = "withdrawn",
        /// 办结 (其他)
        Closed = "closed",
        /// 送达
        Delivered = "delivered",
    }
);

impl Standing {
    /// A decision that lets successors open.
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Approved | Self::Delivered)
    }

    /// A decision after which successors stay closed.
    pub fn is_negative(self) -> bool {
        matches!(
            self,
            Self::AcceptanceRefused | Self::Denied | Self::Returned | Self::Voided | Self::Deleted | Self::Withdrawn
        )
    }

    /// Nothing more is expected of this round.
    pub fn is_final(self) -> bool {
        self.is_positive() || self.is_negative() || matches!(self, Self::Closed | Self::Transferred)
    }

    /// Results that must carry a reason.
    pub fn needs_reason(self) -> bool {
        matches!(
            self,
            Self::AcceptanceRefused
                | Self::Denied
                | Self::Returned
                | Self::Voided
                | Self::Deleted
                | Self::SupplementRequested
        )
    }
}
