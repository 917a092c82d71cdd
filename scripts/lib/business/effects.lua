-- SPDX-License-Identifier: Apache-2.0
-- effects: the closed list of what a flow may ask for. System code carries each out with the event, in one transaction or
-- through the outbox; each may happen again without harm.
return {
    pin = "the case is bound to the live bundle; the application time is set",
    reserve_name = "the certificate user name is reserved for the case",
    free_name = "the reserved user name is free again",
    close_links = "open links of the case (phone, upload) end",
    ask_identity = "an earlier check of the same person counts again; else the person gets a one-use link, where it is not the one at the page",
    void_identity = "the identity fact no longer counts",
    close_order = "an open order is closed, at the gateway too",
    open_refund = "a refund case is opened for money that was received; nothing when there is none",
    queue_review = "the case enters the reviewers' queue",
    leave_review = "the case leaves the reviewers' queue; a claim ends",
    approved = "the approval of this reviewer is recorded; the claim ends",
    void_approvals = "approvals given so far no longer count",
    issue = "the right to download begins: a ticket may be minted when the facts of money and trust allow it",
    ship = "a blank token is to be sent to the receiver",
    send_code = "a new authorisation code is made and mailed",
    void_code = "the authorisation code no longer counts",
}
