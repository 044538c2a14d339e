## 页面框架
kit-skip = 跳到正文
kit-demo = 演示环境：城市、人员、企业和数据均为虚构。
kit-footer = 明镜 · 考核全程留痕，结果有据可查
kit-other-language = English
kit-switch-language = Switch to English
kit-elder = 大字版
kit-account = 的账号
kit-sign-out = 退出登录
kit-nav = 主导航
kit-more = 更多
kit-waiting = ，{$n} 项待办
kit-breadcrumb = 当前位置
kit-error-prefix = 错误：

## 状态前的提示词，供读屏软件朗读
kit-tone-neutral = 说明：
kit-tone-info = 提示：
kit-tone-success = 成功：
kit-tone-warn = 注意：
kit-tone-danger = 重要：

## 表单
kit-optional = （选填）
kit-choose = 请选择
kit-any = 不限
kit-error-summary = 有 {$n} 处需要修改
kit-characters-at-most = 最多 {$n} 字
kit-characters-left = 还可输入 {$n} 字
kit-characters-over = 超出 {$n} 字
kit-draft-restored = 已恢复您上次未提交的内容。
kit-draft-undo = 不用了，清除
kit-cancel = 取消
kit-change = 修改
kit-copy = 复制
kit-copied = 已复制

## 列表
kit-pages = 翻页
kit-page = 第 {$page} 页
kit-page-of = 第 {$page} 页，共 {$pages} 页，{$total} 条
kit-previous = 上一页
kit-next = 下一页
kit-step-done = （已完成）
kit-before = 原为
kit-after = 改为
kit-digest = 内容摘要

## 进度与计算
kit-progress = {$done} / {$total}
kit-working = 正在处理……
kit-not-applicable = 不适用
kit-sum-part = 项目
kit-sum-working = 算式
kit-sum-points = 得分
kit-sum-source = 查看数据来源
kit-sum-total = 合计

kit-histogram = 共比较 { $all } 个对象，标记处为本对象，另有 { $above } 个超过它。
kit-chart-table = 数据表
kit-chart-none = 图需要浏览器运行脚本；内容与下面的数据表相同。
