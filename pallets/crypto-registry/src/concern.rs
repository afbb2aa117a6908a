//! Whose fate a call of the registry decides.

use althing_frame::Concern;

use crate::Call;

impl Call {
    /// The scheme that the call is about. Its own ballots do not count: not for its freeze or its
    /// retirement, and not for its return either, which would be the same self-rescue.
    pub(crate) fn affects(&self) -> Concern {
        Concern::Schemes(vec![self.scheme()])
    }
}
