error-home = 回到首页
error-basis = 依据：{$basis}
error-incident = 故障编号：

error-not-found = 找不到这个页面
error-not-found-what = 这个地址没有对应的内容，或者内容不在您的查看范围内。
error-not-found-next = 请检查地址是否完整，或从首页进入。如果这个链接是同事发给您的，请向对方核实。

error-forbidden = 您不能进行这项操作
error-forbidden-next = 如果您认为这不正确，请联系本单位人事部门，并告知上面的原因。

error-refused = 现在不能这样做
error-refused-next = 没有任何内容被改动。请返回上一页，按上面的说明处理后再试。

error-bad-input = 请求的内容有误
error-bad-input-what = 系统没有读懂这次提交的内容，可能是页面放置过久，或地址被改动过。
error-bad-input-next = 没有任何内容被改动。请返回上一页，刷新后重新填写；已填写的文字会自动恢复。
error-media-type-what = 所发内容的类型在此不受理。程序请发送 JSON，并带请求头“content-type: application/json”。
error-elsewhere-what = 请求来自其他网站的页面，未予办理。请在本系统内打开页面后提交。
error-too-large-what = 上传的内容超过了大小限制。请压缩文件或分几次上传。

error-busy = 系统正忙
error-busy-what = 这次请求没有在规定时间内完成。
error-busy-next = 请等一分钟再试。重复提交不会重复办理。

error-sign-in = 请先登录
error-sign-in-what = 您还没有登录，或者登录已经过期。
error-sign-in-next = 请登录后再试。

error-internal = 系统出了故障
error-internal-what = 这不是您的问题。故障已经记录，没有任何内容被改动一半。
error-internal-next = 请稍后再试。如果仍然不行，请把下面的故障编号告诉系统管理员。
