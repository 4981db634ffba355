-- Asks OrleansTokens whether a request may pass, with HAProxy's own HTTP client (HAProxy 2.5 or later).
-- Sets txn.auth_status to the status of the answer, or leaves it unset when there was none, and
-- txn.auth_user, txn.auth_reason, txn.auth_retry_after, txn.auth_challenge, txn.auth_body to what the answer says.

local endpoint = os.getenv("ORLEANSTOKENS") .. "/forward-auth"
local timeout_milliseconds = 5000

-- The credentials that OrleansTokens understands.
local credentials = { "authorization", "deploy-token" }

core.register_action("orleanstokens", { "http-req" }, function(txn)
  local headers = {
    -- The request line as the client sent it; OrleansTokens refuses what a backend would read differently.
    ["x-original-uri"] = { txn.sf:pathq() },
    ["x-original-method"] = { txn.sf:method() },
    -- The client's address, by which failed attempts are counted; OrleansTokens must trust HAProxy (Grid:Http:TrustedProxies).
    ["x-forwarded-for"] = { txn.sf:src() },
  }
  local sent = txn.http:req_get_headers()
  for _, name in ipairs(credentials) do
    local values = sent[name]
    if values then
      headers[name] = {}
      local index = 0
      while values[index] do
        table.insert(headers[name], values[index])
        index = index + 1
      end
    end
  end

  local answer = core.httpclient():get({ url = endpoint, headers = headers, timeout = timeout_milliseconds })
  if not answer or not answer.status or answer.status == 0 then
    return
  end
  local function header(name)
    local values = answer.headers and answer.headers[name]
    return values and values[0] or ""
  end
  txn:set_var("txn.auth_status", answer.status)
  txn:set_var("txn.auth_user", header("x-auth-user"))
  txn:set_var("txn.auth_reason", header("x-auth-reason"))
  txn:set_var("txn.auth_retry_after", header("retry-after"))
  txn:set_var("txn.auth_challenge", header("www-authenticate"))
  txn:set_var("txn.auth_body", answer.body or "")
end)
