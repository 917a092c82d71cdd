-- One GET again and again: --set path=/ --set expect=200
return {
    requests = { { path = args.path or "/", expect = tonumber(args.expect) } },
}
