-- SPDX-License-Identifier: Apache-2.0
-- face gateway: who judges whether the face before the camera is that of the document. The hall itself never does: what a
-- browser says about liveness can be forged. An adapter is a table:
--   id                        stands in the identity fact as provider
--   create(subject) -> check  begins one check of subject = { name, document_type, document_no }; check = { id (kept with the link),
--                             page = address of the provider's own page, or nil when the hall's camera page is used }
--   verify(id, taken) -> { verdict = passed | failed | timeout, reason = sentence, evidence = 64 hexadecimal digits }
--                             taken = { frames = list of { sha256, bytes() }, said = what the try-it buttons said }; bytes()
--                             may be asked for during the call only: the pictures are removed behind it
-- Both may wait; what they raise becomes "try again later". evidence is a digest by which the provider finds its record.
local try = use "system/gateway/face_try"

local face = {}

-- The adapter in use, or nil: then pages offer comparison by staff only.
function face.adapter()
    return config.try_mode == true and try or nil
end

return face
