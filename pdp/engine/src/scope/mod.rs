//! Resource paths, actions and scopes: the hierarchy that a key is confined to.
