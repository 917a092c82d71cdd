-- SPDX-License-Identifier: Apache-2.0
-- invent: people, units and numbers that nobody has, with right check digits; the same for the same number.
local idcard = use "lib/field/idcard"
local unitcode = use "lib/field/unitcode"

local invent = {}

local surnames = text.split("赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫 蒋 沈 韩 杨 朱 秦 许 何 吕 张 孔 曹 严 华 金 魏 陶 姜 谢 邹 苏 潘 葛 范 彭 鲁 韦 马", " ")
local given = text.split("安 宁 和 平 文 明 建 国 志 强 晓 红 雨 晨 思 远 嘉 怡 子 涵 俊 杰 海 燕 春 梅 立 新 永 清 佳 慧 博 文 欣 然 书 瑶 景 行", " ")
local places = text.split("示东 示西 示南 示北 样城 样江 样湖 样山 例州 例河 例海 例原", " ")
local words = text.split("宏远 恒基 天成 瑞丰 华信 嘉业 永固 正大 新元 鼎盛 中旭 安泰 同创 博建 立德 广厦 顺达 金桥 卓越 四方", " ")
local trades = text.split("建筑工程 装饰工程 市政工程 监理咨询 工程造价 勘察设计 园林绿化 机电安装 检测技术 劳务服务", " ")
local regions = { "110101", "310101", "430102", "430103", "440103", "500103" }

-- A number that looks random and is the same each time.
local function mixed(n, salt)
    local x = (n * 2654435761 + salt * 40503) & 0xffffffff
    x = ((x ~ (x >> 15)) * 2246822519) & 0xffffffff
    return (x ~ (x >> 13)) & 0x7fffffff
end
invent.mixed = mixed

local function pick(list, n, salt)
    return list[mixed(n, salt) % #list + 1]
end

function invent.name(n, salt)
    local second = mixed(n, salt + 2) % 3 > 0 and pick(given, n, salt + 3) or ""
    return pick(surnames, n, salt) .. pick(given, n, salt + 1) .. second
end

function invent.unit(n)
    return pick(places, n, 11) .. pick(words, n, 12) .. pick(words, n, 13) .. pick(trades, n, 14) .. "有限公司"
end

-- GB 11643: region, birth date, order, check digit.
function invent.id_number(n, salt)
    local year, month, day = 1955 + mixed(n, salt) % 50, 1 + mixed(n, salt + 1) % 12, 1 + mixed(n, salt + 2) % 28
    local digits = string.format("%s%04d%02d%02d%03d", pick(regions, n, salt + 3), year, month, day, mixed(n, salt + 4) % 1000)
    return digits .. idcard.check_digit(digits)
end

-- GB 32100: an enterprise, its registrar, its organisation code, check character. Different for different n.
function invent.credit_code(n)
    local organisation = string.format("%08d", n % 100000000)
    local code = "91" .. pick(regions, n, 21) .. organisation .. unitcode.org_check(organisation)
    return code .. unitcode.uscc_check(code)
end

-- Different for different n.
function invent.mobile(n)
    return string.format("199%08d", n % 100000000)
end

function invent.mail(n)
    return "seed" .. n .. "@hall.example"
end

function invent.address(n)
    return "示范路 " .. 1 + mixed(n, 31) % 400 .. " 号 " .. 1 + mixed(n, 32) % 20 .. " 层"
end

function invent.region(n)
    return pick({ "110101", "310101", "430102", "440103" }, n, 33)
end

-- Sixty-four hexadecimal digits, as facts want for digests.
function invent.digest(n, what)
    return crypto.sha256("seed " .. what .. " " .. n)
end

local CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

local function digit(high, low, shift)
    if shift >= 64 then
        return high >> (shift - 64) & 31
    elseif shift > 59 then
        return (high << (64 - shift) | low >> shift) & 31
    end
    return low >> shift & 31
end

-- A row key of that moment.
function invent.key(ms, n, salt)
    local high = ms << 16 | invent.mixed(n, salt) & 0xffff
    local low = invent.mixed(n, salt + 1) << 33 ~ invent.mixed(n, salt + 2) << 8 ~ n
    local out = {}
    for shift = 125, 0, -5 do
        local at = digit(high, low, shift) + 1
        out[#out + 1] = string.sub(CROCKFORD, at, at)
    end
    return table.concat(out)
end

return invent
