# 扫描报告。
scan-title = 风险线索扫描报告
scan-question = 每条线索都是向人提出的问题，不是结论：请先核对依据和正当解释，再作处置。
scan-summary = 违反规则 { $rules } 条，警报 { $alerts } 条，关注 { $watches } 条。
scan-skipped = 未运行 { $detector }：缺少数据表 { $tables }。
scan-level-rule = 规则
scan-level-alert = 警报
scan-level-watch = 关注
scan-detector-hash = 探测器摘要
scan-data-hash = 数据摘要
