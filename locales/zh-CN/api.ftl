api-no-json = 请求正文不是 JSON：{$detail}。请改正后重新发送。
api-body-unfit = 请求正文与接口说明不符：{$detail}。请对照 /api/openapi.json 改正后重新发送。
api-act-unknown = 没有名为“{$act}”的事项。所有事项见 /api/openapi.json 的 Act。
api-slice-unfit = “limit”应为 1 至 {$most} 的整数，“after”应为上一次应答中的“next”。
api-token-unfit = 请求头“x-csrf-token”缺失或不属于本次登录。请用 GET /api/session 取得后重新发送。
api-bad-input-next = 没有任何内容被改动。请改正请求后重新发送。
