//! The tables as diesel sees them. The migrations make them, and every query is tested against what they made.

diesel::table! {
    organisations (id) {
        id -> Text,
        name -> Text,
        display_name -> Nullable<Text>,
        conditions -> Text,
        created_at -> Timestamp,
        policy -> Text,
        generation -> BigInt,
        time_zone -> Text,
        costs -> Text,
        plan -> Text,
        plan_grace_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    plans (name) {
        name -> Text,
        display_name -> Text,
        maxima -> Text,
        features -> Text,
    }
}

diesel::table! {
    projects (id) {
        id -> Text,
        organisation_id -> Text,
        name -> Text,
        conditions -> Text,
        created_at -> Timestamp,
        generation -> BigInt,
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
        limits -> Text,
        tags -> Text,
        parent_key_id -> Nullable<Text>,
        state -> Text,
        not_before -> Nullable<Timestamp>,
        expires_at -> Nullable<Timestamp>,
        expiry_exception -> Nullable<Text>,
        rotation_interval_seconds -> Nullable<BigInt>,
        grace_seconds -> Nullable<BigInt>,
        durable -> Bool,
        rotate_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        created_by -> Text,
        suspended_at -> Nullable<Timestamp>,
        expired_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        revoked_cause -> Nullable<Text>,
        revoked_reason -> Nullable<Text>,
        generation -> BigInt,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    credentials (id) {
        id -> Text,
        key_id -> Text,
        kind -> Text,
        hash -> Nullable<Text>,
        public -> Nullable<Text>,
        lookup -> Nullable<Text>,
        state -> Text,
        not_before -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        collected_at -> Nullable<Timestamp>,
        superseded_by -> Nullable<Text>,
        revoked_at -> Nullable<Timestamp>,
        generation -> BigInt,
        last_used_at -> Nullable<Timestamp>,
        half_time_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    credential_callers (credential_id, address, user_agent) {
        credential_id -> Text,
        address -> Text,
        user_agent -> Text,
        last_seen_at -> Timestamp,
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

diesel::table! {
    audit_entries (sequence) {
        sequence -> BigInt,
        at -> Timestamp,
        event -> Text,
        organisation_id -> Text,
        actor -> Text,
        target_kind -> Text,
        target_id -> Text,
        entry -> Text,
        previous -> Text,
        hash -> Text,
    }
}

diesel::table! {
    audit_checkpoints (sequence) {
        sequence -> BigInt,
        hash -> Text,
        at -> Timestamp,
        key_id -> Text,
        signature -> Text,
    }
}

diesel::table! {
    persons (id) {
        id -> Text,
        name_digest -> Nullable<Text>,
        envelope -> Nullable<Text>,
        created_at -> Timestamp,
        destroyed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        kind -> Text,
        organisation_id -> Text,
        key_id -> Nullable<Text>,
        recipient -> Text,
        payload -> Text,
        dedup_key -> Text,
        due_at -> Timestamp,
        created_at -> Timestamp,
        claimed_by -> Nullable<Text>,
        claimed_until -> Nullable<Timestamp>,
        handed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    idempotency (caller, route, idempotency_key) {
        caller -> Text,
        route -> Text,
        idempotency_key -> Text,
        body_digest -> Text,
        status -> Integer,
        answer -> Nullable<Text>,
        key_id -> Nullable<Text>,
        created_at -> Timestamp,
        contact_id -> Nullable<Text>,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        public_jwk -> Text,
        envelope -> Nullable<Text>,
        state -> Text,
        published_at -> Timestamp,
        signing_at -> Nullable<Timestamp>,
        retired_at -> Nullable<Timestamp>,
        gone_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    revoked_tokens (jti) {
        jti -> Text,
        key_id -> Text,
        expires_at -> Timestamp,
        revoked_at -> Timestamp,
    }
}

diesel::table! {
    used_assertions (client_id, jti) {
        client_id -> Text,
        jti -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    nodes (id) {
        id -> Text,
        role -> Text,
        address -> Text,
        sequence -> BigInt,
        seen_at -> Timestamp,
        longest_staleness_seconds -> Nullable<BigInt>,
        clock_ahead_milliseconds -> BigInt,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        until -> Timestamp,
    }
}

diesel::table! {
    usage (granularity, starts_at, organisation, key_id) {
        granularity -> Text,
        starts_at -> BigInt,
        organisation -> Text,
        key_id -> Text,
        requests -> BigInt,
        permits -> BigInt,
        denials -> BigInt,
        not_applicable -> BigInt,
        errors -> BigInt,
        cost -> BigInt,
        parts -> Text,
        latency -> Text,
    }
}

diesel::table! {
    usage_distinct (granularity, starts_at, organisation, key_id, kind) {
        granularity -> Text,
        starts_at -> BigInt,
        organisation -> Text,
        key_id -> Text,
        kind -> Text,
        sketch -> Text,
    }
}

diesel::table! {
    usage_writers (node_id) {
        node_id -> Text,
        batch -> BigInt,
        written_at -> Timestamp,
    }
}

diesel::table! {
    quota_uses (bucket, window_seconds, ends_at) {
        bucket -> Text,
        window_seconds -> BigInt,
        ends_at -> BigInt,
        used -> BigInt,
    }
}

diesel::table! {
    contacts (id) {
        id -> Text,
        organisation_id -> Text,
        kind -> Text,
        address -> Text,
        owner -> Nullable<Text>,
        events -> Text,
        state -> Text,
        disabled_reason -> Nullable<Text>,
        envelope -> Nullable<Text>,
        secret_version -> Integer,
        previous_envelope -> Nullable<Text>,
        previous_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
        generation -> BigInt,
    }
}

diesel::table! {
    deliveries (id) {
        id -> Text,
        contact_id -> Text,
        organisation_id -> Text,
        notice_id -> Text,
        kind -> Text,
        recipient -> Text,
        payload -> Text,
        noticed_at -> Timestamp,
        state -> Text,
        attempts -> Integer,
        fault -> Nullable<Text>,
        due_at -> Timestamp,
        claimed_by -> Nullable<Text>,
        claimed_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    limits (id) {
        id -> Text,
        organisation_id -> Text,
        project_id -> Nullable<Text>,
        owner -> Nullable<Text>,
        name -> Text,
        definition -> Text,
        created_at -> Timestamp,
        generation -> BigInt,
    }
}

diesel::table! {
    decisions (id) {
        id -> Text,
        at -> Timestamp,
        organisation -> Text,
        door -> Text,
        caller_key_id -> Text,
        key_id -> Nullable<Text>,
        decision -> Text,
        reason -> Nullable<Text>,
        action -> Nullable<Text>,
        resource -> Nullable<Text>,
        address -> Nullable<Text>,
        microseconds -> BigInt,
        policy_id -> Text,
        policy_version -> Text,
        policy_set -> Text,
        is_evaluated -> Bool,
        request -> Text,
        response -> Text,
        redacted -> Text,
    }
}

diesel::table! {
    policy_sets (digest) {
        digest -> Text,
        members -> Text,
    }
}

diesel::table! {
    watches (key_id) {
        key_id -> Text,
        memory -> Text,
        looked_at -> Timestamp,
    }
}

diesel::table! {
    sightings (node_id, batch) {
        node_id -> Text,
        batch -> BigInt,
        seen -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    anomalies (id) {
        id -> Text,
        organisation_id -> Text,
        key_id -> Text,
        detector -> Text,
        severity -> Text,
        explanation -> Text,
        evidence -> Text,
        since -> BigInt,
        first_seen_at -> Timestamp,
        last_seen_at -> Timestamp,
        times -> BigInt,
        earlier_times -> BigInt,
        state -> Text,
        snoozed_until -> Nullable<Timestamp>,
        note -> Nullable<Text>,
        response -> Nullable<Text>,
        responded_at -> Nullable<Timestamp>,
        is_learned -> Bool,
        generation -> BigInt,
    }
}

diesel::table! {
    reviews (id) {
        id -> Text,
        organisation_id -> Text,
        state -> Text,
        started_at -> Timestamp,
        started_by -> Text,
        ended_at -> Nullable<Timestamp>,
        ended_by -> Nullable<Text>,
        statement -> Nullable<Text>,
    }
}

diesel::table! {
    review_items (review_id, key_id) {
        review_id -> Text,
        key_id -> Text,
        key_path -> Text,
        owner -> Text,
        state -> Text,
        scopes -> Text,
        expires_at -> Nullable<Timestamp>,
        last_used_at -> Nullable<Timestamp>,
        verdict -> Nullable<Text>,
        reason -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        decided_by -> Nullable<Text>,
    }
}

diesel::joinable!(reviews -> organisations (organisation_id));
diesel::joinable!(review_items -> reviews (review_id));
diesel::joinable!(review_items -> keys (key_id));
diesel::joinable!(watches -> keys (key_id));
diesel::joinable!(anomalies -> keys (key_id));
diesel::joinable!(projects -> organisations (organisation_id));
diesel::joinable!(keys -> organisations (organisation_id));
diesel::joinable!(keys -> projects (project_id));
diesel::joinable!(credentials -> keys (key_id));
diesel::joinable!(credential_callers -> credentials (credential_id));
diesel::joinable!(outbox -> organisations (organisation_id));
diesel::joinable!(contacts -> organisations (organisation_id));
diesel::joinable!(limits -> organisations (organisation_id));
diesel::joinable!(limits -> projects (project_id));
diesel::joinable!(deliveries -> contacts (contact_id));
diesel::allow_tables_to_appear_in_same_query!(
    organisations,
    projects,
    keys,
    credentials,
    credential_callers,
    outbox,
    contacts,
    deliveries,
    limits,
    watches,
    anomalies,
    reviews,
    review_items
);
