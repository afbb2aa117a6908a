//! What can be asked of this pallet: by members, and by approved referenda.

use althing_frame::{Access, Concern, DispatchError, Fault, Origin, Rows, Track, Tx};
use althing_primitives::Weight;
use pallet_preimage::{Proposal, RELIED_MAX};
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::ending::{self, Which};
use crate::submit::{self, Question};
use crate::{Enactment, Title};

/// Whether the proposer pays for the decision at once.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum DecisionDeposit {
    /// Yes.
    #[codec(index = 0)]
    Now,
    /// Someone will, later.
    #[codec(index = 1)]
    Later,
}

/// A row for each preimage that a call may rely on. The cast widens.
const RELIED: u64 = RELIED_MAX as u64;

/// How many preimages a call may rely on at most: each stands with its 32 bytes in the call's own.
fn relied_by(proposal: &Proposal) -> u64 {
    u64::from((proposal.call_bytes() / 32).min(RELIED_MAX))
}

/// What can be asked.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Ask the members a question.
    #[codec(index = 0)]
    Submit {
        /// The class of its rules, and the power the call will have.
        track: Track,
        /// The call.
        proposal: Proposal,
        /// When the call should run.
        enactment: Enactment,
        /// What people call it: UTF-8.
        title: Title,
        /// Whether to pay for the decision at once.
        decision: DecisionDeposit,
    },
    /// Pay to have a referendum decided.
    #[codec(index = 1)]
    PlaceDecisionDeposit {
        /// The referendum.
        #[codec(compact)]
        index: u32,
    },
    /// Give back what was paid to have a referendum decided that has ended.
    #[codec(index = 2)]
    RefundDecisionDeposit {
        /// The referendum.
        #[codec(compact)]
        index: u32,
    },
    /// Stop a referendum and give its deposits back. Only for the canceller track.
    #[codec(index = 3)]
    Cancel {
        /// The referendum.
        #[codec(compact)]
        index: u32,
    },
    /// Stop a referendum and take its deposits. Only for the root track.
    #[codec(index = 4)]
    Kill {
        /// The referendum.
        #[codec(compact)]
        index: u32,
    },
    /// Give back what was paid to ask a question that was answered.
    #[codec(index = 5)]
    RefundSubmissionDeposit {
        /// The referendum.
        #[codec(compact)]
        index: u32,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::Submit { .. } => "submit",
            Self::PlaceDecisionDeposit { .. } => "place_decision_deposit",
            Self::RefundDecisionDeposit { .. } => "refund_decision_deposit",
            Self::Cancel { .. } => "cancel",
            Self::Kill { .. } => "kill",
            Self::RefundSubmissionDeposit { .. } => "refund_submission_deposit",
        };
        (crate::NAME, call)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        match self {
            // The number, and with it every row, is known only at the call's turn.
            Self::Submit { .. } => access.make_exclusive(),
            Self::PlaceDecisionDeposit { index } => {
                if let Ok(who) = origin.signed() {
                    submit::place_access(access, &who, *index);
                }
            }
            Self::RefundDecisionDeposit { index } => {
                ending::refund_access(access, parent, *index, Which::Decision)?;
            }
            Self::RefundSubmissionDeposit { index } => {
                ending::refund_access(access, parent, *index, Which::Submission)?;
            }
            // Members are refused before a row is touched; referenda are not confined.
            Self::Cancel { .. } | Self::Kill { .. } => {}
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Submit { proposal, .. } => {
                // A nanosecond for each byte that is read, decoded and thrown away.
                let reading = u64::from(proposal.call_bytes()).saturating_mul(1_000);
                let relied = relied_by(proposal);
                rows_weight(12, 10)
                    .saturating_add(rows_weight(relied.saturating_mul(2), relied))
                    .saturating_add(Weight { ref_time: reading, proof_size: 0 })
            }
            Self::PlaceDecisionDeposit { .. } => rows_weight(2, 2),
            Self::RefundDecisionDeposit { .. } | Self::RefundSubmissionDeposit { .. } => {
                rows_weight(2, 2)
            }
            Self::Cancel { .. } | Self::Kill { .. } => rows_weight(30 + RELIED, 12 + RELIED),
        }
    }

    fn concern(&self) -> Concern {
        match self {
            Self::Cancel { index } | Self::Kill { index } => Concern::Referendum(*index),
            Self::Submit { .. }
            | Self::PlaceDecisionDeposit { .. }
            | Self::RefundDecisionDeposit { .. }
            | Self::RefundSubmissionDeposit { .. } => Concern::Nothing,
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Submit { track, proposal, enactment, title, decision } => {
                let question = Question {
                    track: *track,
                    proposal: proposal.clone(),
                    enactment: *enactment,
                    title: title.clone(),
                };
                submit::submit(tx, origin.signed()?, question, *decision)
            }
            Self::PlaceDecisionDeposit { index } => {
                submit::place_decision_deposit(tx, origin.signed()?, *index)
            }
            Self::RefundDecisionDeposit { index } => {
                origin.signed()?;
                ending::refund(tx, *index, Which::Decision)
            }
            Self::RefundSubmissionDeposit { index } => {
                origin.signed()?;
                ending::refund(tx, *index, Which::Submission)
            }
            Self::Cancel { index } => {
                origin.track(&[Track::Canceller])?;
                ending::cancel(tx, *index)
            }
            Self::Kill { index } => {
                origin.track(&[])?;
                ending::kill(tx, *index)
            }
        }
    }
}
