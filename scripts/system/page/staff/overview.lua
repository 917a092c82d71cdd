-- SPDX-License-Identifier: Apache-2.0
-- staff overview: the numbers of the day, and the next piece of work one click away.
local guard = use "system/service/guard"
local queue = use "system/service/queue"
local shell = use "system/page/staff/shell"
local shipping = use "system/service/shipping"
local todo = use "system/service/todo"

local function tile(label, count, href, class)
    return { label = label, count = count, href = href, class = class }
end

local function review_tiles(tiles, n)
    tiles[#tiles + 1] = tile("待审核", n.waiting, "/staff/review")
    tiles[#tiles + 1] = tile("已超期", n.late .. (n.partial and "+" or ""), "/staff/review?view=late", n.late > 0 and "numbers__late" or nil)
    tiles[#tiles + 1] = tile("我领取的", n.mine, "/staff/review?view=mine")
    tiles[#tiles + 1] = tile("已挂起", n.held, "/staff/review?view=held")
    tiles[#tiles + 1] = tile("等待纸质材料", n.paper, "/staff/review?state=paper")
end

local function tiles_of(user)
    local tiles, n = {}, queue.numbers(user)
    if user.roles.reviewer or user.roles.officer then
        review_tiles(tiles, n)
    end
    if user.roles.counter or user.roles.reviewer then
        tiles[#tiles + 1] = tile("待寄送", shipping.count(), "/staff/shipments")
    end
    if user.roles.cashier then
        tiles[#tiles + 1] = tile("待确认凭证", n.voucher, "/staff/cashier")
    end
    local open = todo.count()
    tiles[#tiles + 1] = tile("待办事项", open >= 200 and "200+" or open, "/staff/todos")
    return tiles
end

http.get("/staff", guard.staff(shell.ALL, function(req, user)
    return shell.send(req, 200, "staff/overview", user, { title = "工作台", tiles = tiles_of(user), name = user.name,
        can_review = user.roles.reviewer })
end), { staff = true, no_store = true })
