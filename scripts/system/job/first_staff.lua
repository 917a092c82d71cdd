-- SPDX-License-Identifier: Apache-2.0
-- first_staff job: the first start of a hall in mode try asks for its staff; args: { login = password }. The operator of any hall
-- asks for the first two administrators; args: { login, roles, name, number, password }.
local first_staff = use "system/service/first_staff"

job.on("staff.first", function(args)
    if config.try_mode == true then
        first_staff.make(args)
    end
end)

job.on("staff.add", function(args)
    first_staff.invite(args)
end)
