//! The life of a key: its states, what can happen to it, and the one table that says which follows from which.

use crate::value::words;

words!(
    /// Where a key is in its life. What a clock alone decides holds before it is written here: a pending key may be
    /// used from its first moment on, one past its end is refused from then on.
    KeyState, "key state", {
        /// Made, and not yet valid.
        Pending = "pending",
        /// In use.
        Active = "active",
        /// In use, with an older secret that is good until its grace ends.
        Rotating = "rotating",
        /// Past its end, or too long unused. For good.
        Expired = "expired",
        /// Refused until it is resumed.
        Suspended = "suspended",
        /// Refused for good.
        Revoked = "revoked",
    }
);

words!(
    /// What can happen to a key.
    KeyEvent, "key event", {
        /// Its first moment has come, see [`super::begin`].
        Begin = "begun",
        /// What it grants, asks or is called is changed, or a credential is added or taken away.
        Change = "changed",
        /// A key is derived from it.
        Delegate = "delegated",
        /// A rotation is opened: a credential waits for its owner to collect it.
        OpenRotation = "opened for rotation",
        /// A new secret comes, the older one is good for a while.
        Rotate = "rotated",
        /// A new secret comes, the older ones are refused at once.
        RotateAtOnce = "rotated at once",
        /// The older secret's grace is over.
        EndGrace = "ended in its grace",
        /// It is suspended.
        Suspend = "suspended",
        /// It is resumed, and in use.
        Resume = "resumed",
        /// It is resumed before its first moment.
        ResumePending = "resumed before its time",
        /// It is resumed while an older secret is still good.
        ResumeRotating = "resumed in its grace",
        /// Its end has come.
        Expire = "expired",
        /// It is revoked.
        Revoke = "revoked",
    }
);

impl KeyState {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Active, Self::Rotating, Self::Expired, Self::Suspended, Self::Revoked];

    /// What becomes of a key in this state; `None` where this can't happen to it. To be told the same twice is no
    /// fault: a suspended key that is suspended stays suspended.
    #[must_use]
    #[expect(clippy::match_same_arms, reason = "a table, row by row")]
    pub const fn after(self, event: KeyEvent) -> Option<Self> {
        use KeyEvent as E;
        use KeyState::{Active, Expired, Pending, Revoked, Rotating, Suspended};
        match (self, event) {
            // An end is an end; only revocation goes further, and says why.
            (Revoked, E::Revoke) => Some(Revoked),
            (Expired, E::Expire) => Some(Expired),
            (Expired, E::Revoke) => Some(Revoked),
            (Revoked | Expired, _) => None,

            (_, E::Revoke) => Some(Revoked),
            (_, E::Expire) => Some(Expired),
            (_, E::Suspend) => Some(Suspended),
            (state, E::Change) => Some(state),

            (Pending, E::Begin) => Some(Active),
            (state @ (Active | Rotating), E::Begin) => Some(state),

            // A key that is stopped hands nothing on.
            (Suspended, E::Delegate | E::OpenRotation | E::Begin) => None,
            (state, E::Delegate) => Some(state),

            // Nobody uses a pending key yet: its secret is replaced, and needs no grace.
            (Pending, E::OpenRotation | E::Rotate) => None,
            (state @ (Active | Rotating), E::OpenRotation) => Some(state),
            (Active | Rotating, E::Rotate) => Some(Rotating),
            (Active | Rotating, E::RotateAtOnce) => Some(Active),
            // A suspended key may get a new secret, so that it can be resumed without the old one.
            (Suspended, E::Rotate | E::RotateAtOnce | E::EndGrace) => Some(Suspended),
            (Pending, E::RotateAtOnce) => Some(Pending),

            (Active | Rotating, E::EndGrace) => Some(Active),
            (Pending, E::EndGrace) => Some(Pending),

            (Suspended, E::Resume) => Some(Active),
            (Suspended, E::ResumePending) => Some(Pending),
            (Suspended, E::ResumeRotating) => Some(Rotating),
            (state, E::Resume | E::ResumePending | E::ResumeRotating) => Some(state),
        }
    }

    /// Whether it has ended: its name is free, and nothing but a revocation can happen to it.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Expired | Self::Revoked)
    }
}

impl KeyEvent {
    /// All events.
    pub const ALL: [Self; 13] = [
        Self::Begin,
        Self::Change,
        Self::Delegate,
        Self::OpenRotation,
        Self::Rotate,
        Self::RotateAtOnce,
        Self::EndGrace,
        Self::Suspend,
        Self::Resume,
        Self::ResumePending,
        Self::ResumeRotating,
        Self::Expire,
        Self::Revoke,
    ];
}

#[cfg(test)]
mod tests {
    use KeyEvent as E;
    use KeyState::{Active, Expired, Pending, Revoked, Rotating, Suspended};

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn every_event_in_every_state_leads_where_the_table_says() {
        const NO: Option<KeyState> = None;
        let to = Some;
        let table = [
            //                   pending         active          rotating        expired        suspended        revoked
            (E::Begin,          [to(Active),     to(Active),     to(Rotating),   NO,            NO,              NO]),
            (E::Change,         [to(Pending),    to(Active),     to(Rotating),   NO,            to(Suspended),   NO]),
            (E::Delegate,       [to(Pending),    to(Active),     to(Rotating),   NO,            NO,              NO]),
            (E::OpenRotation,   [NO,             to(Active),     to(Rotating),   NO,            NO,              NO]),
            (E::Rotate,         [NO,             to(Rotating),   to(Rotating),   NO,            to(Suspended),   NO]),
            (E::RotateAtOnce,   [to(Pending),    to(Active),     to(Active),     NO,            to(Suspended),   NO]),
            (E::EndGrace,       [to(Pending),    to(Active),     to(Active),     NO,            to(Suspended),   NO]),
            (E::Suspend,        [to(Suspended),  to(Suspended),  to(Suspended),  NO,            to(Suspended),   NO]),
            (E::Resume,         [to(Pending),    to(Active),     to(Rotating),   NO,            to(Active),      NO]),
            (E::ResumePending,  [to(Pending),    to(Active),     to(Rotating),   NO,            to(Pending),     NO]),
            (E::ResumeRotating, [to(Pending),    to(Active),     to(Rotating),   NO,            to(Rotating),    NO]),
            (E::Expire,         [to(Expired),    to(Expired),    to(Expired),    to(Expired),   to(Expired),     NO]),
            (E::Revoke,         [to(Revoked),    to(Revoked),    to(Revoked),    to(Revoked),   to(Revoked),     to(Revoked)]),
        ];
        for (event, row) in table {
            for (state, expected) in KeyState::ALL.into_iter().zip(row) {
                assert_eq!(state.after(event), expected, "{state} {event}");
            }
        }
        assert_eq!(table.len(), KeyEvent::ALL.len());
    }

    #[test]
    fn nothing_leads_out_of_an_end_but_revocation() {
        for event in KeyEvent::ALL {
            assert!(Expired.after(event).is_none_or(KeyState::has_ended), "{event}");
            assert!(Revoked.after(event).is_none_or(|state| state == Revoked), "{event}");
        }
    }
}
