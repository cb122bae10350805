// Clocks: what the law lets be paused and extended, and the step whose approval does it.
import { area, feel, length, text } from './controls.js';
import { is, property } from './moddle.js';
import { t } from '../t.js';

/** How far a clock may be moved: behind its length and basis. */
export function limits(read, write, event) {
  if (!read('clock')) return [];
  return [
    event ? text({ label: t`到哪些环节办完为止（选填）`, value: read('clockUntil'), write: write('clockUntil'), hint: t`写环节的编号，用逗号分开；不写则到所在部分结束。` }) : null,
    text({ label: t`最多延长几次（选填）`, value: read('clockExtensions'), write: write('clockExtensions'), hint: t`不写则依法不能延长。` }),
    read('clockExtensions') ? length({ label: t`每次最多延长`, value: read('clockExtensionMost'), write: write('clockExtensionMost') }) : null,
    read('clockExtensions') ? text({ label: t`可以延长的依据`, value: read('clockExtensionBasis'), write: write('clockExtensionBasis') }) : null,
    text({ label: t`最多暂停几次（选填）`, value: read('clockPausesMost'), write: write('clockPausesMost') }),
    text({ label: t`到期提醒的监督岗位（选填）`, value: read('clockSupervisors'), write: write('clockSupervisors'), hint: t`不写则是可查看全部事项的岗位。` })
  ];
}

/** What an approving step does to clocks. */
export function moving({ element, object, writer }) {
  const read = (name) => property(object, name);
  const write = (name) => (value) => writer.setProperties(element, { [name]: value });
  const resumesOnly = is(object, 'bpmn:ReceiveTask');
  const moves = ['clockPauses', 'clockResumes', 'clockExtends'].filter((name) => read(name));
  const ids = t`写有期限的元素的编号，用逗号分开。`;
  const condition = (name) => feel({ label: t`满足什么条件才算批准（选填）`, value: read(name), write: (value) => write(name)(value?.replace(/^=/, '')) });
  return {
    title: t`暂停和延长期限`,
    summary: moves.length ? t`批准后生效` : '',
    controls: () => [
      ...(resumesOnly ? [] : [
        text({ label: t`办完后暂停哪些期限`, value: read('clockPauses'), write: write('clockPauses'), hint: ids }),
        ...(read('clockPauses') ? [
          condition('clockPausesWhen'),
          text({ label: t`等什么`, value: read('clockPausesFor'), write: write('clockPausesFor') }),
          text({ label: t`可以暂停的依据`, value: read('clockPausesBasis'), write: write('clockPausesBasis') })
        ] : [])
      ]),
      text({ label: t`办完后恢复哪些期限`, value: read('clockResumes'), write: write('clockResumes'), hint: ids }),
      ...(read('clockResumes') ? [condition('clockResumesWhen')] : []),
      ...(resumesOnly ? [] : [
        text({ label: t`办完后延长哪些期限`, value: read('clockExtends'), write: write('clockExtends'), hint: ids }),
        ...(read('clockExtends') ? [
          condition('clockExtendsWhen'),
          area({ label: t`延长多久`, value: read('clockExtendsBy'), rows: 2, write: write('clockExtendsBy'), hint: t`如 P1M、10WD，或算出它的表达式。` })
        ] : [])
      ])
    ]
  };
}
