//! What a call has to do with the schemes under which members sign.

use althing_primitives::SchemeId;

/// What a call would change about schemes, as far as its bytes say. Who decides about a scheme must
/// not be heard by that scheme alone (`specs/governance.md`, G91 and G92).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Concern {
    /// Nothing.
    #[default]
    Nothing,
    /// The fate of these schemes.
    Schemes(Vec<SchemeId>),
    /// It stops this referendum, and so decides about whatever that would change.
    Referendum(u32),
    /// It stops this scheduled call, and so decides about whatever that would change.
    Task(u32),
}
