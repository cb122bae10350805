// Properties of what is drawn seldom: complex gateways, ad-hoc subprocesses, receive tasks that start a case.
import { check, feel, select, text } from './controls.js';
import { property } from './moddle.js';
import { t } from '../t.js';

export function joining({ element, object, writer }) {
  const body = object.activationCondition?.body ?? '';
  return {
    title: t`放行`,
    summary: body ? '' : t`未定`,
    open: true,
    controls: () => [
      feel({
        label: t`到了哪些就放行`, value: body, placeholder: t`如：activationCount >= 2`, hint: t`activationCount是已到的路数。晚到的不再往下走。`,
        write: (value) => writer.set(element, { activationCondition: writer.formal(value, object) })
      })
    ]
  };
}

export function choosing({ element, object, writer }) {
  const ordering = object.ordering === 'Sequential' ? 'Sequential' : 'Parallel';
  return {
    title: t`选办`,
    summary: ordering === 'Sequential' ? t`逐项` : t`可同时`,
    open: true,
    controls: () => [
      select({ label: t`里面的步骤`, value: ordering, options: [['Parallel', t`可以同时办几步`], ['Sequential', t`一步办完再选下一步`]], write: (value) => writer.set(element, { ordering: value }) }),
      feel({
        label: t`完成条件（选填）`, value: object.completionCondition?.body ?? '', hint: t`每办完一步就看它是否成立；不填，由办理人结束。`,
        write: (value) => writer.set(element, { completionCondition: writer.formal(value, object) })
      }),
      check({ label: t`完成时取消还在办的步骤`, value: object.cancelRemainingInstances !== false, write: (yes) => writer.set(element, { cancelRemainingInstances: yes }) }),
      text({ label: t`一开始就办的步骤（选填）`, value: property(object, 'startAtOnce'), hint: t`步骤的编号，以逗号分隔；all是全部。`, write: (value) => writer.setProperties(element, { startAtOnce: value }) })
    ]
  };
}

export function receiving({ element, object, writer }) {
  return {
    title: t`发起`,
    summary: object.instantiate ? t`由消息发起` : '',
    controls: () => [check({ label: t`收到消息就发起新的事项`, value: object.instantiate === true, hint: t`须是第一步，前面没有进线。`, write: (yes) => writer.set(element, { instantiate: yes || undefined }) })]
  };
}
