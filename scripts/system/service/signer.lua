-- SPDX-License-Identifier: Apache-2.0
-- signer: asking the signer in the knowledge that it may be dead. It is the truth about certificates; what it cannot do now is
-- done later, so its silence is an answer here and not an error.
local signer = {}

local SILENT = { E_UNREACHABLE = true, E_CLOSED = true, E_TIMEOUT = true, E_BUSY = true, E_CANCELLED = true, E_PROTOCOL = true,
    E_UNSUPPORTED = true }

signer.WAIT = "签发系统暂时没有应答，请稍后再试"

-- signer.ask(f, …) -> true and what f gives; false and the code when the signer does not answer now. Other errors are raised.
function signer.ask(f, ...)
    local got = table.pack(pcall(f, ...))
    if got[1] then
        return true, table.unpack(got, 2, got.n)
    end
    local problem = got[2]
    if type(problem) == "table" and SILENT[problem.code] then
        log.warn("the signer did not answer", { why = problem.message })
        return false, problem.code
    end
    error(problem, 0)
end

return signer
