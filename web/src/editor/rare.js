// Properties of what is drawn seldom: complex gateways, ad-hoc subprocesses, receive tasks that start a case.
import { check, feel, select, text } from './controls.js';
import { property } from './moddle.js';

export function joining({ element, object, writer }) {
  const body = object.activationCondition?.body ?? '';
  return {
    title: '放行',
    summary: body ? '' : '未定',
    open: true,
    controls: () => [
      feel({
        label: '到了哪些就放行', value: body, placeholder: '如：activationCount >= 2', hint: 'activationCount是已到的路数。晚到的不再往下走。',
        write: (value) => writer.set(element, { activationCondition: writer.formal(value, object) })
      })
    ]
  };
}

export function choosing({ element, object, writer }) {
  const ordering = object.ordering === 'Sequential' ? 'Sequential' : 'Parallel';
  return {
    title: '选办',
    summary: ordering === 'Sequential' ? '逐项' : '可同时',
    open: true,
    controls: () => [
      select({ label: '里面的步骤', value: ordering, options: [['Parallel', '可以同时办几步'], ['Sequential', '一步办完再选下一步']], write: (value) => writer.set(element, { ordering: value }) }),
      feel({
        label: '完成条件（选填）', value: object.completionCondition?.body ?? '', hint: '每办完一步就看它是否成立；不填，由办理人结束。',
        write: (value) => writer.set(element, { completionCondition: writer.formal(value, object) })
      }),
      check({ label: '完成时取消还在办的步骤', value: object.cancelRemainingInstances !== false, write: (yes) => writer.set(element, { cancelRemainingInstances: yes }) }),
      text({ label: '一开始就办的步骤（选填）', value: property(object, 'startAtOnce'), hint: '步骤的编号，以逗号分隔；all是全部。', write: (value) => writer.setProperties(element, { startAtOnce: value }) })
    ]
  };
}

export function receiving({ element, object, writer }) {
  return {
    title: '发起',
    summary: object.instantiate ? '由消息发起' : '',
    controls: () => [check({ label: '收到消息就发起新的事项', value: object.instantiate === true, hint: '须是第一步，前面没有进线。', write: (yes) => writer.set(element, { instantiate: yes || undefined }) })]
  };
}
