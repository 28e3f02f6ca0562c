-- Asks Argus whether a request may pass. The key grants `acme/argus/pdp:execute` and nothing else; paths of requests lie
-- beneath the resource.

local ARGUS = "http://127.0.0.1:8180/v1/forward-auth?resource=acme/atlas"
local KEY = "argus_live_the-key-of-this-proxy"

-- What a client is told of an answer that is no Permit.
local TOLD = { "www-authenticate", "retry-after", "content-type" }

core.register_action("argus", { "http-req" }, function(txn)
    local sent = txn.http:req_get_headers()
    -- Two credentials are for Argus to refuse: it has to see both.
    local presented = {}
    for place = 0, #(sent["authorization"] or {}) do
        presented[#presented + 1] = (sent["authorization"] or {})[place]
    end
    local headers = {
        ["authorization"] = { "Bearer " .. KEY },
        ["x-forwarded-method"] = { txn.f:method() },
        ["x-forwarded-uri"] = { txn.f:pathq() },
        ["x-forwarded-for"] = { txn.f:src() },
    }
    if #presented > 0 then headers["x-forwarded-authorization"] = presented end
    if sent["user-agent"] then headers["user-agent"] = { sent["user-agent"][0] } end
    local answer = core.httpclient():get { url = ARGUS, headers = headers, timeout = 2000 }
    if answer.status == 200 then
        -- In the place of whatever the client has sent under this name.
        txn.http:req_set_header("argus-key-id", answer.headers["argus-key-id"][0])
        return
    end
    local refuses = answer.status == 400 or answer.status == 401 or answer.status == 403 or answer.status == 429
    local reply = txn:reply { status = refuses and answer.status or 503, body = refuses and answer.body or "" }
    for _, name in ipairs(TOLD) do
        if refuses and answer.headers[name] then reply:add_header(name, answer.headers[name][0]) end
    end
    txn:done(reply)
end)
