-- SPDX-License-Identifier: Apache-2.0
-- material: the documents of a case: what is asked for, what is there, uploading, withdrawing, using a scan again. The fact is
-- the core's (tx:material_add); the row beside it says what the file is.
-- Row: { case, type, blob, sha256, kind, size, width, height, dpi, orientation, name, warnings, mark, at, received, by, as, way }
local case = use "system/service/case"
local checklist = use "system/service/checklist"
local live = use "system/service/live"
local own = use "system/service/own"
local scan = use "lib/scan"

local material = {}

material.list, material.one, material.find, material.todo = checklist.list, checklist.one, checklist.find, checklist.todo

local BURST, EVERY_MS = 60, 3000

-- Whether the flow lets this actor change materials now: true, or false and a sentence.
function material.allowed(row, as)
    local b = live.rules_of(row)
    if not case.knows(row, "registered", as, b) then
        return false, "申请已是“" .. b:state(row.kind, row.state).label .. "”，现在不能提交材料"
    end
    return case.allows(row, "registered", as)
end

local function must_be_open(tx, row, type)
    for _, item in ipairs(checklist.list(row, tx)) do
        if item.id == type then
            return item.open or fail("E_CONFLICT", "这项材料没有被退回，不能更换")
        end
    end
end

local function mend(row, type)
    for _, one in ipairs(row.returned) do
        one.done = one.done or one.item == "material:" .. type
    end
end

-- The rows of a type; they and their files go when another comes in their place.
local function take_old(tx, key, type)
    local blobs = {}
    for _, one in ipairs(tx:list("material", { index = "case", equal = { key }, limit = 200 }).rows) do
        if one.row.type == type then
            blobs[#blobs + 1] = one.row.blob
            tx:delete("material", one.key)
        end
    end
    return blobs
end

local function lock(tx, actor, key)
    if actor.as == "applicant" then
        return own.lock(tx, actor, key)
    end
    local row = store.is_key(key) and tx:get("case", key) or fail("E_NOT_FOUND", "没有找到这项申请")
    row.key = key
    return row
end

local function add_in(tx, actor, key, m, made)
    local row = lock(tx, actor, key)
    must_be_open(tx, row, m.id)
    local b = live.rules_of(row)
    local mark = checklist.of(row, b, m.id).printed and b:mark(row.kind, row.values) or ""
    tx:material_add { case = key, type = m.id, blob = made.blob, sha256 = made.sha256, mark = mark, by = actor.account, as = actor.as }
    local old = take_old(tx, key, m.id)
    made.case, made.type, made.mark, made.at = key, m.id, mark, tx:now()
    tx:insert("material", tx:key(), made)
    mend(row, m.id)
    case.fire(tx, row, "registered", { account = actor.account, as = actor.as }, { note = m.label })
    return old
end

local function drop_blobs(blobs)
    for _, name in ipairs(blobs) do
        blob.remove(name)
    end
end

-- Fact, row and event in one transaction; the file of a refused one goes, that of the one before goes after the commit.
local function commit(actor, row, m, made)
    local ok, old = pcall(store.tx, function(tx)
        return add_in(tx, actor, row.key, m, made)
    end)
    drop_blobs(ok and old or { made.blob })
    if not ok then
        error(old, 0)
    end
    case.told(row.key)
end

local function refuse(m, reason, sentence)
    return fail("E_INVALID", sentence or scan.refusal(reason, m), { reason = reason })
end

local function take(req, row, m)
    local ok, file = pcall(req.upload, req, { kinds = m.formats, limit = m.limit, data_key = row.data_key })
    if ok then
        return file
    end
    local known = type(file) == "table" and (file.code == "E_INVALID" or file.code == "E_TOO_BIG") and type(file.details) == "table"
    return known and refuse(m, file.details.reason) or error(file, 0)
end

-- The day on which staff received a paper: not in the future (S163).
local function received_of(actor)
    local today = time.date(time.now())
    local day = actor.received or today
    if not time.parse_date(day) or day > today then
        fail("E_INVALID", "收到材料的日期不能晚于今天", { reason = "received" })
    end
    return day
end

-- Uploading is refused early and cheaply: before the first byte is read.
local function must_allow(actor, row)
    local ok, sentence = material.allowed(row, actor.as)
    if not ok then
        fail("E_CONFLICT", sentence)
    end
    local wait = limit.take("material", actor.account, BURST, EVERY_MS)
    if wait > 0 then
        fail("E_BUSY", string.format("上传得太快，请 %d 秒后再试", (wait + 999) // 1000))
    end
end
material.must_allow = must_allow

-- material.upload(actor, row, type, req, name): stores the current part or the stream of the request. actor = { account, as =
-- applicant | counter, way = pc | phone | counter | program, received = day }. E_INVALID with details.reason and a sentence;
-- E_CONFLICT when the flow takes none.
function material.upload(actor, row, type, req, name)
    local m = checklist.one(row, type)
    local received = received_of(actor)
    must_allow(actor, row)
    local file = take(req, row, m)
    local sentence = scan.refused(m, file)
    if sentence then
        drop_blobs { file.blob }
        refuse(m, "dpi", sentence)
    end
    commit(actor, row, m, { blob = file.blob, sha256 = file.sha256, kind = file.kind, size = file.size, width = file.width,
        height = file.height, dpi = file.dpi, orientation = file.orientation, name = scan.name(name, file.kind),
        warnings = scan.warnings(m, file), received = received, by = actor.account, as = actor.as, way = actor.way or "pc" })
end

-- material.missing(row, type): the sentence for a form that was sent without a file
function material.missing(row, type)
    return refuse(checklist.one(row, type), "missing")
end

-- material.reuse(actor, row, type, from): the scan of another material serves this one too, as a file of its own.
function material.reuse(actor, row, type, from)
    local m = checklist.one(row, type)
    must_allow(actor, row)
    for _, item in ipairs(checklist.list(row)) do
        if item.id == type and not (item.reuse and item.reuse.id == from) then
            fail("E_CONFLICT", "没有可以使用的已上传文件，请直接上传")
        end
    end
    local file = checklist.find(row, from).file
    local bytes = blob.get(file.blob, { data_key = row.data_key, limit = checklist.COPY_MAX }) or fail("E_NOT_FOUND", "原来的文件已不存在，请直接上传")
    local copy = blob.put(bytes, { data_key = row.data_key })
    commit(actor, row, m, { blob = copy.blob, sha256 = copy.sha256, kind = file.kind, size = file.size, width = file.width,
        height = file.height, dpi = file.dpi, orientation = file.orientation, name = file.name, warnings = scan.warnings(m, file),
        received = received_of(actor), by = actor.account, as = actor.as, way = "reuse" })
end

local function remove_in(tx, actor, key, type, label)
    local row = lock(tx, actor, key)
    must_be_open(tx, row, type)
    if not tx:material_drop { case = key, type = type, why = "removed", by = actor.account, as = actor.as } then
        fail("E_NOT_FOUND", "这项材料还没有上传，或已被删除")
    end
    local old = take_old(tx, key, type)
    case.fire(tx, row, "removed", { account = actor.account, as = actor.as }, { note = label })
    return old
end

-- material.remove(actor, row, type): 删除
function material.remove(actor, row, type)
    local m = checklist.one(row, type)
    if not case.knows(row, "removed", actor.as) then
        fail("E_CONFLICT", select(2, material.allowed(row, actor.as)) or "现在不能删除材料")
    end
    drop_blobs(store.tx(function(tx)
        return remove_in(tx, actor, row.key, type, m.label)
    end))
    case.told(row.key)
end

-- material.send(req, row, type): answers with the picture; the caller has judged who may see it.
function material.send(req, row, type)
    local item = checklist.find(row, type)
    return req:blob { blob = item.file.blob, kind = item.file.kind, data_key = row.data_key, inline = true,
        filename = scan.download_name(item.id, item.file.kind) }
end

return material
