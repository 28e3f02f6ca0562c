//! The tables as diesel sees them. The migrations make them, and every query is tested against what they made.

diesel::table! {
    organisations (id) {
        id -> Text,
        name -> Text,
        display_name -> Nullable<Text>,
        conditions -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    projects (id) {
        id -> Text,
        organisation_id -> Text,
        name -> Text,
        conditions -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    keys (id) {
        id -> Text,
        organisation_id -> Text,
        project_id -> Nullable<Text>,
        name -> Text,
        owner -> Text,
        environment -> Text,
        scopes -> Text,
        conditions -> Text,
        tags -> Text,
        parent_key_id -> Nullable<Text>,
        status -> Text,
        expires_at -> Nullable<Timestamp>,
        expiry_exception -> Nullable<Text>,
        created_at -> Timestamp,
        created_by -> Text,
        suspended_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        revoked_reason -> Nullable<Text>,
        generation -> BigInt,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    credentials (id) {
        id -> Text,
        key_id -> Text,
        hash -> Text,
        not_before -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        generation -> BigInt,
    }
}

diesel::table! {
    policy_documents (path, digest) {
        path -> Text,
        digest -> Text,
        kind -> Text,
        policy_id -> Text,
        version -> Text,
        text -> Text,
        imported_at -> Timestamp,
        current -> Bool,
    }
}

diesel::table! {
    changes (sequence) {
        sequence -> BigInt,
        kind -> Text,
        id -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    wrapped_keys (id) {
        id -> Text,
        purpose -> Text,
        version -> Integer,
        envelope -> Text,
        created_at -> Timestamp,
        retired_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::joinable!(projects -> organisations (organisation_id));
diesel::joinable!(keys -> organisations (organisation_id));
diesel::joinable!(keys -> projects (project_id));
diesel::joinable!(credentials -> keys (key_id));
diesel::allow_tables_to_appear_in_same_query!(organisations, projects, keys, credentials);
